package dev.sealift.ops.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sealift.client.value.ValueLimits;
import dev.sealift.ops.csv.CsvException.Code;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvSurveyorTest {
  @TempDir
  Path folder;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("towns.csv");
  }

  @Test
  void findsColumnsKeyKindsAndRows() throws Exception {
    CsvSurvey survey =
        survey("name,id,people,height,code\nHobart,7,197451,12.5,007\n\"Port Vila\",8,,3,01\n");

    assertThat(survey.columns()).containsExactly("name", "id", "people", "height", "code");
    assertThat(survey.keyColumn()).isEqualTo("id");
    assertThat(survey.kinds())
        .containsExactly(
            ColumnKind.TEXT, ColumnKind.TEXT, ColumnKind.INTEGER, ColumnKind.REAL, ColumnKind.TEXT);
    assertThat(survey.rows()).isEqualTo(2);
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstName() throws Exception {
    assertThat(survey("\uFEFFid,name\n1,Hobart\n").columns()).containsExactly("id", "name");
  }

  @Test
  void windowsLineEndsAndBlankLinesAreFine() throws Exception {
    assertThat(survey("id,name\r\n1,Hobart\r\n\r\n2,Vila\r\n").rows()).isEqualTo(2);
  }

  @Test
  void aHeaderAloneIsATableWithoutRows() throws Exception {
    assertThat(survey("id,name\n").rows()).isZero();
  }

  @Test
  void gzipIsToldByTheContentAndNotByTheName() throws Exception {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("id,name\n1,Hobart\n".getBytes(StandardCharsets.UTF_8));
    }

    assertThat(CsvSurveyor.survey(CsvFile.of(file), "id").rows()).isEqualTo(1);
  }

  @Test
  void aFileThatIsNotThere() {
    assertRefused(Code.FILE_NOT_FOUND, "There is no file " + file + ".");
  }

  @Test
  void anEmptyFileHasNoHeader() throws Exception {
    assertRefused("", Code.NO_HEADER, "its first line must name the columns");
  }

  @Test
  void aRowWithAFieldTooManyIsNamedByItsLine() throws Exception {
    assertRefused(
        "id,name\n1,Hobart\n2,Vila,VU\n",
        Code.RAGGED_ROW,
        "Line 3",
        "has 3 fields and the header has 2");
  }

  @Test
  void aRowWithAFieldTooFewIsNamedByItsLine() throws Exception {
    assertRefused("id,name\n1,\"two\nlines\"\n2\n", Code.RAGGED_ROW, "Line 4", "has 1 fields");
  }

  @Test
  void aKeyColumnThatIsNotThere() throws Exception {
    assertRefused("name,people\nHobart,1\n", Code.NO_KEY_COLUMN, "its columns are name, people");
  }

  @Test
  void anEmptyKey() throws Exception {
    assertRefused("id,name\n1,Hobart\n,Vila\n", Code.EMPTY_KEY, "Line 3");
  }

  @Test
  void aRepeatedKeyNamesBothLines() throws Exception {
    assertRefused("id,name\n1,Hobart\n2,Vila\n1,Apia\n", Code.DUPLICATE_KEY, "Line 4", "as line 2");
  }

  @Test
  void aKeyThatIsTooLong() throws Exception {
    assertRefused(
        "id\n" + "k".repeat(ValueLimits.MAX_KEY_BYTES + 1) + "\n", Code.BAD_VALUE, "Line 2");
    assertThat(survey("id\n" + "k".repeat(ValueLimits.MAX_KEY_BYTES) + "\n").rows())
        .isEqualTo(1);
  }

  @Test
  void aValueThatIsTooLong() throws Exception {
    assertRefused(
        "id,name\n1," + "n".repeat(ValueLimits.MAX_VALUE_BYTES + 1) + "\n",
        Code.BAD_VALUE,
        "Line 2");
  }

  @Test
  void anotherEncodingIsNamedWithItsLine() throws Exception {
    write("id,name\n1,Hobart\n2,Nuku\u02bbalofa\n", StandardCharsets.UTF_8);
    assertThat(CsvSurveyor.survey(CsvFile.of(file), "id").rows()).isEqualTo(2);

    write("id,name\n1,Hobart\n2,Noum\u00e9a\n", StandardCharsets.ISO_8859_1);
    assertRefused(Code.NOT_UTF8, "(line 3) is not UTF-8");
  }

  @Test
  void aCharacterCutOffAtTheEndIsNotUtf8() throws Exception {
    byte[] whole = "id,name\n1,Noum\u00e9".getBytes(StandardCharsets.UTF_8);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 1));

    assertRefused(Code.NOT_UTF8, "(line 2) is not UTF-8");
  }

  @Test
  void gzipCutShort() throws Exception {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("id,name\n1,Hobart\n2,Vila\n".getBytes(StandardCharsets.UTF_8));
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 12));

    assertRefused(Code.NOT_GZIP, "does not unpack as gzip");
  }

  @Test
  void aColumnNamedTwice() throws Exception {
    assertRefused("id,name,Name\n1,a,b\n", Code.BAD_HEADER, "names the column Name twice");
  }

  @Test
  void aColumnWithoutAName() throws Exception {
    assertRefused("id,,name\n1,a,b\n", Code.BAD_HEADER, "has a column ''");
  }

  @Test
  void aColumnWithAReservedName() throws Exception {
    assertRefused("id,sealift_x\n1,a\n", Code.BAD_HEADER, "sealift_x");
  }

  @Test
  void controlCharactersOfANameDoNotReachTheTerminal() throws Exception {
    assertRefused("id,\u001b[2Jname\n1,a\n", Code.BAD_HEADER, "\uFFFD[2Jname");
  }

  @Test
  void aQuoteThatIsNeverClosed() throws Exception {
    assertRefused("id,name\n1,\"Hobart\n2,Vila\n", Code.BROKEN_QUOTES, "is not well-formed CSV");
  }

  @Test
  void textAfterAClosingQuote() throws Exception {
    assertRefused("id,name\n1,\"Hobart\" x\n", Code.BROKEN_QUOTES, "is not well-formed CSV");
  }

  @Test
  void aFolderIsNoFile() throws Exception {
    Files.createDirectory(file);

    assertRefused(Code.FILE_UNREADABLE, "cannot be read");
  }

  @Test
  void aFileThatChangedBetweenThePassesIsNoticed() throws Exception {
    CsvSurvey survey = survey("id,people\n1,2\n");
    write("id,people\n1,many\n", StandardCharsets.UTF_8);

    CsvException refusal = catchThrowableOfType(
        CsvException.class, () -> CsvRows.read(CsvFile.of(file), survey, (key, values) -> {}));

    assertThat(refusal.code()).isEqualTo(Code.CHANGED_MEANWHILE);
  }

  private CsvSurvey survey(String text) throws Exception {
    write(text, StandardCharsets.UTF_8);
    return CsvSurveyor.survey(CsvFile.of(file), "id");
  }

  private void write(String text, Charset charset) throws IOException {
    Files.write(file, text.getBytes(charset));
  }

  private void assertRefused(String text, Code code, String... parts) throws IOException {
    write(text, StandardCharsets.UTF_8);
    assertRefused(code, parts);
  }

  private void assertRefused(Code code, String... parts) {
    CsvException refusal =
        catchThrowableOfType(CsvException.class, () -> CsvSurveyor.survey(CsvFile.of(file), "id"));
    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal).hasMessageContainingAll(parts);
  }
}
