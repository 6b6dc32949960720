package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.vault.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The recovery spaces of a home: that of its paper key, and for a while those of paper keys that it took the place of.
 *
 * <pre>
 * current           the number of the home's paper key, in digits; not there when it has none
 * 3.db, 3.keys      the recovery space of paper key 3
 * paper.db          the store of the device that the words are, while a paper key is made
 * </pre>
 *
 * <p>One that is made gets the next number, and is the home's when {@code current} says so, in one step: a process that dies before leaves a higher number, which is deleted,
 * and one that dies after leaves lower ones, which are yet to be withdrawn.
 */
final class RecoveryFiles {
  private static final Pattern STORE = Pattern.compile("([1-9][0-9]{0,8})\\.db");

  private final Path folder;

  RecoveryFiles(Path folder) {
    this.folder = folder;
  }

  private Path pointer() {
    return folder.resolve("current");
  }

  /** The number of the home's paper key; 0 when it has none. */
  int current() {
    try {
      return Files.exists(pointer())
          ? Integer.parseInt(Files.readString(pointer(), StandardCharsets.US_ASCII))
          : 0;
    } catch (NumberFormatException e) {
      throw new SealiftException(
          ErrorCode.STORE_DAMAGED,
          "The file that says which paper key this home has is damaged. Restore the home from a backup.",
          e);
    } catch (IOException e) {
      throw Errors.ofHome(e);
    }
  }

  /** From now on it is the home's paper key. On the disk when it returns. */
  void use(int number) {
    try {
      PrivateFiles.writeAtomically(
          pointer(), Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw Errors.ofHome(e);
    }
  }

  /** Makes room for the next one, and says which number it has. */
  int beginNext() {
    int current = current();
    try {
      PrivateFiles.createDirectory(folder);
    } catch (IOException e) {
      throw Errors.ofHome(e);
    }
    numbers().stream().filter(number -> number > current).forEach(this::delete);
    deletePaper();
    return current + 1;
  }

  /** Those that the current one took the place of, and that are not withdrawn everywhere yet. */
  List<Integer> replaced() {
    int current = current();
    return numbers().stream().filter(number -> number < current).toList();
  }

  private List<Integer> numbers() {
    List<Integer> numbers = new ArrayList<>();
    if (!Files.exists(folder)) {
      return numbers;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Matcher name = STORE.matcher(file.getFileName().toString());
        if (name.matches()) {
          numbers.add(Integer.valueOf(name.group(1)));
        }
      }
    } catch (IOException e) {
      throw Errors.ofHome(e);
    }
    Collections.sort(numbers);
    return numbers;
  }

  SpaceFiles of(int number) {
    return new SpaceFiles(folder, Integer.toString(number));
  }

  /** Of the device that the words are. */
  SpaceFiles paper() {
    return new SpaceFiles(folder, "paper");
  }

  void deletePaper() {
    delete(paper());
  }

  void delete(int number) {
    delete(of(number));
  }

  private static void delete(SpaceFiles files) {
    try {
      files.deleteDb();
      files.deleteNewDb();
      Files.deleteIfExists(files.keys());
    } catch (IOException e) {
      throw Errors.ofHome(e);
    }
  }

  /** The home has no paper key any more. */
  void deleteAll() {
    try {
      Files.deleteIfExists(pointer());
    } catch (IOException e) {
      throw Errors.ofHome(e);
    }
    numbers().forEach(this::delete);
    deletePaper();
  }
}
