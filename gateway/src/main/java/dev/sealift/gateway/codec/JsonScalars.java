package dev.sealift.gateway.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.UnsafeByteOperations;
import dev.sealift.protocol.FormatException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.regex.Pattern;

/** The values of ProtoJSON that are not messages: unsigned numbers, booleans, enumerations, bytes. */
final class JsonScalars {
  /** 64 bits have 20 digits; the rest is for those who write fractions of zeros and exponents. */
  private static final int MAX_NUMBER_CHARACTERS = 40;

  /** A JSON number. Strings that hold a number are held to the same. */
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private static final BigDecimal MAX_UINT32 = BigDecimal.valueOf(0xffff_ffffL);
  private static final BigDecimal MAX_UINT64 = new BigDecimal("18446744073709551615");
  private static final BigDecimal MIN_INT32 = BigDecimal.valueOf(Integer.MIN_VALUE);
  private static final BigDecimal MAX_INT32 = BigDecimal.valueOf(Integer.MAX_VALUE);

  private JsonScalars() {}

  /** The value that the parser stands on. */
  static Object read(FieldDescriptor field, JsonParser in) throws IOException, FormatException {
    return switch (field.getType()) {
      case UINT32 -> integer(in, BigDecimal.ZERO, MAX_UINT32).intValue();
      case UINT64, FIXED64 -> integer(in, BigDecimal.ZERO, MAX_UINT64).longValue();
      case BOOL -> bool(in.currentToken());
      case ENUM -> enumeration(field.getEnumType(), in);
      case BYTES -> bytes(in);
      default -> throw new IllegalArgumentException("no frame has a " + field.getType());
    };
  }

  private static BigInteger integer(JsonParser in, BigDecimal min, BigDecimal max)
      throws IOException, FormatException {
    JsonToken token = in.currentToken();
    require(token == JsonToken.VALUE_STRING || token.isNumeric());
    BigDecimal value = decimal(in.getText());
    require(value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
    try {
      return value.toBigIntegerExact();
    } catch (ArithmeticException e) {
      throw new FormatException("not a whole number");
    }
  }

  /** A whole number has digits before its point; what has none is not written out, however many zeros it begins with. */
  private static BigDecimal decimal(String text) throws FormatException {
    require(text.length() <= MAX_NUMBER_CHARACTERS && NUMBER.matcher(text).matches());
    try {
      BigDecimal value = new BigDecimal(text);
      require(value.signum() == 0 || (long) value.precision() - value.scale() > 0);
      return value.signum() == 0 ? BigDecimal.ZERO : value;
    } catch (NumberFormatException e) {
      throw new FormatException("an exponent beyond all bounds");
    }
  }

  private static boolean bool(JsonToken token) throws FormatException {
    require(token.isBoolean());
    return token == JsonToken.VALUE_TRUE;
  }

  /** By name, or by number also when it has no name here. */
  private static EnumValueDescriptor enumeration(EnumDescriptor type, JsonParser in)
      throws IOException, FormatException {
    if (in.currentToken().isNumeric()) {
      return type.findValueByNumberCreatingIfUnknown(
          integer(in, MIN_INT32, MAX_INT32).intValue());
    }
    require(in.currentToken() == JsonToken.VALUE_STRING);
    EnumValueDescriptor value = type.findValueByName(in.getText());
    require(value != null);
    return value;
  }

  /** In either alphabet, with padding or without. */
  private static ByteString bytes(JsonParser in) throws IOException, FormatException {
    require(in.currentToken() == JsonToken.VALUE_STRING);
    String text = in.getText();
    boolean forUrls = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
    Base64.Decoder decoder = forUrls ? Base64.getUrlDecoder() : Base64.getDecoder();
    try {
      return UnsafeByteOperations.unsafeWrap(decoder.decode(text));
    } catch (IllegalArgumentException e) {
      throw new FormatException("not base64");
    }
  }

  private static void require(boolean rule) throws FormatException {
    if (!rule) {
      throw new FormatException("not a value in ProtoJSON");
    }
  }
}
