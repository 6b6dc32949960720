package dev.sealift.gateway.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.sealift.protocol.proto.Frame;
import java.util.List;
import java.util.Random;

/** Frames of every type with anything in them, the bounds of each number among it. */
public final class AnyFrame {
  private static final long[] NUMBERS = {0, 1, -1, 1L << 53, Long.MAX_VALUE, Long.MIN_VALUE};
  private static final int MAX_REPEATED = 4;
  private static final int MAX_BYTES = 70;

  private final Random random;

  private AnyFrame(Random random) {
    this.random = random;
  }

  public static Frame of(Random random) {
    List<FieldDescriptor> types = Frame.getDescriptor().getFields();
    return of(types.get(random.nextInt(types.size())), random);
  }

  public static Frame of(FieldDescriptor type, Random random) {
    Frame.Builder frame = Frame.newBuilder();
    frame.setField(type, new AnyFrame(random).message(frame.newBuilderForField(type)));
    return frame.build();
  }

  private Message message(Message.Builder builder) {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      if (random.nextInt(4) > 0) {
        fill(builder, field);
      }
    }
    return builder.build();
  }

  private void fill(Message.Builder builder, FieldDescriptor field) {
    if (field.isRepeated()) {
      for (int left = random.nextInt(MAX_REPEATED); left > 0; left--) {
        builder.addRepeatedField(field, value(builder, field));
      }
    } else {
      builder.setField(field, value(builder, field));
    }
  }

  private Object value(Message.Builder builder, FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case INT -> (int) number();
      case LONG -> number();
      case BOOLEAN -> random.nextBoolean();
      case BYTE_STRING -> bytes();
      case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(30));
      case MESSAGE -> message(builder.newBuilderForField(field));
      default -> throw new AssertionError("a type that frames did not have: " + field);
    };
  }

  private long number() {
    int which = random.nextInt(NUMBERS.length + 1);
    return which < NUMBERS.length ? NUMBERS[which] : random.nextLong();
  }

  private ByteString bytes() {
    byte[] bytes = new byte[random.nextInt(MAX_BYTES)];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
