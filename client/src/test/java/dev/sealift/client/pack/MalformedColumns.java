package dev.sealift.client.pack;

import dev.sealift.vectors.Cases;

/** Columns that break one rule each. */
final class MalformedColumns {
  private final Cases to;

  private MalformedColumns(Cases to) {
    this.to = to;
  }

  static void add(Cases to) {
    MalformedColumns columns = new MalformedColumns(to);
    columns.forms();
    columns.texts();
    columns.numbers();
    columns.nested();
  }

  private void bad(String what, int count, String hex) {
    ColumnVectors.values(to, "malformed: " + what, count, hex);
  }

  private void forms() {
    bad("nothing", 1, "");
    bad("tag 13", 1, "0d");
    bad("tag 255", 1, "ff");
    bad("a byte behind nulls", 1, "00 00");
    bad("a byte behind integers", 1, "07 00 02 00");
    bad("a constant null", 1, "01 00");
    bad("a constant of kind 5", 1, "01 05");
    bad("a constant int of 7 bytes", 1, "01 01 00000000000007");
    bad("a constant int of 9 bytes", 1, "01 01 000000000000000007");
    bad("a constant NaN", 1, "01 02 7ff8000000000000");
    bad("a constant -0.0", 1, "01 02 8000000000000000");
  }

  private void texts() {
    bad("a text cut short", 1, "02 00 06 6161");
    bad("a text of length -1", 1, "02 00 01");
    bad("an overlong form in UTF-8", 1, "02 00 04 c080");
    bad("a surrogate in UTF-8", 1, "02 00 06 eda0bc");
    bad("a character cut short", 1, "02 00 02 c3");
    bad("a character beyond U+10FFFF", 1, "02 00 08 f4908080");
    bad("UTF-8 in a constant", 1, "01 03 ff");
    bad("a character cut by a length", 2, "02 00 02 c3b6");
    bad("a reference beyond the dictionary", 2, "03 02 00 02 6261 01 00 0002");
    bad("a reference below 0", 1, "03 01 00 02 61 00 01");
    bad("more words than values", 1, "03 02 00 02 6261 00 00");
    bad("hex of width 0", 1, "04 00");
    bad("hex cut short", 2, "04 02 00ff c0");
    bad("a uuid cut short", 1, "05 123e4567e89b12d3a4564266141740");
  }

  private void numbers() {
    bad("numerals of 19 places", 1, "06 13 00 02");
    bad("a numeral of 10^18", 1, "06 00 00 8080a0f6f4acdbe01b");
    bad("decimals of 16 places", 1, "08 10 00 02");
    bad("a decimal of 2^53 + 1", 1, "08 01 00 82808080808080 20");
    bad("a NaN among reals", 1, "09 7ff8000000000000");
    bad("a -0.0 among reals", 1, "09 8000000000000000");
    bad("reals cut short", 2, "09 1f40 ff09 0021 00fb 0054 0044 002d 00");
    bad("a blob longer than there are bytes", 1, "0a 00 06 0102");
  }

  private void nested() {
    bad("a kind 0 in mixed", 1, "0b 00 00");
    bad("a kind 5 in mixed", 1, "0b 00 0a 03 010361");
    bad("another kind than said in mixed", 1, "0b 00 02 03 010361");
    bad("mixed in mixed", 1, "0b 00 02 06 0b 00 02 02 07 00");
    bad("nulls in mixed", 1, "0b 00 02 01 00");
    bad("a length in mixed beyond the end", 1, "0b 00 02 0b 01010000000000000001");
    bad("a length in mixed that is too short", 1, "0b 00 02 09 01010000000000000001");
    bad("a bitmap without a value", 2, "0c 00 00");
    bad("a spare bit in the bitmap", 2, "0c 05 02 00 02 78");
    bad("nulls under a bitmap", 2, "0c 01 00");
    bad("nullable under a bitmap", 2, "0c 01 0c 01 01 03 61");
    bad("a bitmap cut short", 9, "0c 01");
  }
}
