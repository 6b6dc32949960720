package dev.sealift.gateway.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
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
  private final boolean newer;

  private AnyFrame(Random random, boolean newer) {
    this.random = random;
    this.newer = newer;
  }

  public static Frame of(Random random) {
    List<FieldDescriptor> types = Frame.getDescriptor().getFields();
    return of(types.get(random.nextInt(types.size())), random);
  }

  /** Of a newer version too, which may have codes that have no name here. */
  public static Frame of(FieldDescriptor type, Random random) {
    return new AnyFrame(random, true).frame(type);
  }

  public static Frame ofThisVersion(FieldDescriptor type, Random random) {
    return new AnyFrame(random, false).frame(type);
  }

  private Frame frame(FieldDescriptor type) {
    Frame.Builder frame = Frame.newBuilder();
    return frame.setField(type, message(frame.newBuilderForField(type))).build();
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
      case ENUM -> code(field.getEnumType());
      case MESSAGE -> message(builder.newBuilderForField(field));
      default -> throw new AssertionError("a type that frames did not have: " + field);
    };
  }

  private EnumValueDescriptor code(EnumDescriptor type) {
    int known = type.getValues().size();
    return type.findValueByNumberCreatingIfUnknown(random.nextInt(newer ? 2 * known : known));
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
