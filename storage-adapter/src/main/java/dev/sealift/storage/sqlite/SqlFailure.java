package dev.sealift.storage.sqlite;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.storage.StoreException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's result codes mean to callers and to operators. */
enum SqlFailure {
  DISK_FULL("the store's disk is full"),
  INPUT_OUTPUT("the store's disk cannot be read or written"),
  DAMAGED("the store's file is damaged"),
  LOCKED("another program holds the store's file"),
  CONSTRAINT("the store already has one of these files"),
  OTHER("the store failed");

  private static final int PRIMARY_CODE_MASK = 0xff;

  private final String sentence;

  SqlFailure(String sentence) {
    this.sentence = sentence;
  }

  static SqlFailure of(SQLException e) {
    if (!(e instanceof SQLiteException sqlite)) {
      return OTHER;
    }
    int primary = sqlite.getResultCode().code & PRIMARY_CODE_MASK;
    return switch (SQLiteErrorCode.getErrorCode(primary)) {
      case SQLITE_FULL -> DISK_FULL;
      case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY -> INPUT_OUTPUT;
      case SQLITE_CORRUPT, SQLITE_NOTADB -> DAMAGED;
      case SQLITE_BUSY, SQLITE_LOCKED -> LOCKED;
      case SQLITE_CONSTRAINT -> CONSTRAINT;
      default -> OTHER;
    };
  }

  static List<String> reasons() {
    return Arrays.stream(values()).map(SqlFailure::reason).toList();
  }

  /** A metric's tag. */
  String reason() {
    return name().toLowerCase(Locale.ROOT);
  }

  StoreException toStoreException(SQLException cause) {
    return new StoreException(MeshFailure.UNAVAILABLE, sentence, cause);
  }
}
