package dev.sealift.ops.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A CSV file in UTF-8, plain or gzip-compressed (told by its first bytes, not by its name). */
public final class CsvFile {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int GZIP_MAGIC_1 = 0x1f;
  private static final int GZIP_MAGIC_2 = 0x8b;
  private static final int BYTE_ORDER_MARK = '\uFEFF';

  /** Takes one record; may refuse it. */
  interface RecordHandler {
    void accept(CsvRecord row) throws CsvException;
  }

  private final Opener opener;
  private final String name;

  private interface Opener {
    InputStream open() throws IOException;
  }

  private CsvFile(String name, Opener opener) {
    this.name = name;
    this.opener = opener;
  }

  public static CsvFile of(Path file) {
    return new CsvFile(file.toString(), () -> Files.newInputStream(file));
  }

  /** A file that lies beside a class. */
  public static CsvFile ofResource(Class<?> beside, String name) {
    return new CsvFile(name, () -> {
      InputStream stream = beside.getResourceAsStream(name);
      if (stream == null) {
        throw new NoSuchFileException(name);
      }
      return stream;
    });
  }

  public String name() {
    return name;
  }

  /** Hands every record to {@code handler}, the header first, blank lines left out. */
  void read(RecordHandler handler) throws CsvException {
    try (Reader reader = reader();
        CsvReader<CsvRecord> records = CsvReader.builder()
            .allowUnclosedQuote(false)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .ofCsvRecord(reader)) {
      for (CsvRecord row : records) {
        handler.accept(row);
      }
    } catch (CsvParseException e) {
      throw broken(e);
    } catch (UncheckedIOException e) {
      throw unreadable(e.getCause());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private InputStream bytes() throws IOException {
    BufferedInputStream bytes = new BufferedInputStream(opener.open(), BUFFER_BYTES);
    try {
      bytes.mark(2);
      boolean gzip = bytes.read() == GZIP_MAGIC_1 && bytes.read() == GZIP_MAGIC_2;
      bytes.reset();
      return gzip ? new GZIPInputStream(bytes, BUFFER_BYTES) : bytes;
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private Reader reader() throws IOException {
    Reader reader = new java.io.BufferedReader(
        new InputStreamReader(
            bytes(),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)),
        BUFFER_BYTES);
    reader.mark(1);
    if (reader.read() != BYTE_ORDER_MARK) {
      reader.reset();
    }
    return reader;
  }

  private CsvException broken(CsvParseException e) throws CsvException {
    if (e.getCause() instanceof IOException io) {
      return unreadable(io);
    }
    return new CsvException(
        CsvException.Code.BROKEN_QUOTES,
        name + " is not well-formed CSV: " + e.getMessage() + " Check the quotes there.");
  }

  private CsvException unreadable(IOException e) {
    if (e instanceof NoSuchFileException) {
      return new CsvException(CsvException.Code.FILE_NOT_FOUND, "There is no file " + name + ".");
    }
    if (e instanceof CharacterCodingException) {
      return new CsvException(
          CsvException.Code.NOT_UTF8,
          name
              + malformedLine()
              + " is not UTF-8. Convert the file first, for instance with iconv -f latin1 -t utf-8.");
    }
    if (e instanceof ZipException || e instanceof java.io.EOFException) {
      return new CsvException(
          CsvException.Code.NOT_GZIP,
          name + " is damaged or cut short: it does not unpack as gzip.");
    }
    return new CsvException(
        CsvException.Code.FILE_UNREADABLE, name + " cannot be read: " + reason(e) + ".");
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }

  /** Where the first malformed bytes stand: decoding runs ahead of parsing, so the parser cannot tell. */
  private String malformedLine() {
    try (InputStream bytes = bytes()) {
      return " (line " + new MalformedLine().find(bytes) + ")";
    } catch (IOException e) {
      return "";
    }
  }
}
