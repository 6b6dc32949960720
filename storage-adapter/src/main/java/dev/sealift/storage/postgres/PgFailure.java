package dev.sealift.storage.postgres;

import dev.sealift.protocol.log.DamagedTilesException;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.storage.StoreException;
import io.vertx.pgclient.PgException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL's SQLSTATE codes mean to callers and to operators, in this one place.
 *
 * <p>Whatever is not known here, and every failure without a code, is a lost connection: its outcome is
 * unknown, which is always the safe thing to believe.
 */
enum PgFailure {
  /** 23: another has that key. The transaction is rolled back, and it is one space's fault. */
  CONSTRAINT(MeshFailure.UNAVAILABLE, "the store already has one of these files"),
  /** 40001, 40P01: the transaction is rolled back, for no fault of its own. */
  SERIALIZATION(MeshFailure.BUSY, "the store's transactions were in one another's way too often"),
  /** 55P03: lock_timeout. */
  LOCK_TIMEOUT(MeshFailure.BUSY, "another transaction holds a space for too long"),
  /** 53100. */
  DISK_FULL(MeshFailure.UNAVAILABLE, "the database's disk is full"),
  /** 53300, and the other resources of class 53. */
  NO_RESOURCES(MeshFailure.UNAVAILABLE, "the database has no connections or memory left"),
  /** 57014: statement_timeout, or somebody cancelled it. */
  CANCELLED(MeshFailure.UNAVAILABLE, "the database took too long for a statement"),
  /** 57P01, 57P02, 57P03, 57P04, 57P05, 25P03: it stops, starts, or has ended the session. */
  SHUTDOWN(MeshFailure.UNAVAILABLE, "the database stops, starts, or ended the session"),
  /** 25006: a standby, or made read-only. */
  READ_ONLY(MeshFailure.UNAVAILABLE, "the database is read-only now"),
  /** 28, 42501. */
  DENIED(MeshFailure.UNAVAILABLE, "the database denies access"),
  /** XX, 58, and a tree that does not fit its log. */
  DAMAGED(MeshFailure.UNAVAILABLE, "the database or its disk is damaged"),
  /** 22, 42: a statement of ours is wrong, or the schema is not what it was. */
  STATEMENT(MeshFailure.INTERNAL, "the database does not understand the store"),
  /** The commit may have been replicated or not: somebody cancelled the waiting for it. */
  NOT_REPLICATED(MeshFailure.UNAVAILABLE, "the database did not wait for its standby"),
  CONNECTION(MeshFailure.UNAVAILABLE, "the connection to the database was lost");

  private final MeshFailure failure;
  private final String sentence;

  PgFailure(MeshFailure failure, String sentence) {
    this.failure = failure;
    this.sentence = sentence;
  }

  static PgFailure of(Throwable e) {
    if (e instanceof DamagedTilesException) {
      return DAMAGED;
    }
    if (e instanceof Pipeline.NotReplicatedException) {
      return NOT_REPLICATED;
    }
    if (e instanceof Connector.NotPrimaryException) {
      return READ_ONLY;
    }
    return e instanceof PgException sql ? ofState(sql.getSqlState()) : CONNECTION;
  }

  static PgFailure ofState(@Nullable String state) {
    if (state == null || state.length() < 2) {
      return CONNECTION;
    }
    return switch (state) {
      case "40001", "40P01" -> SERIALIZATION;
      case "55P03" -> LOCK_TIMEOUT;
      case "53100" -> DISK_FULL;
      case "57014" -> CANCELLED;
      case "25P03", "25P04" -> SHUTDOWN;
      case "25006" -> READ_ONLY;
      case "42501" -> DENIED;
      default -> ofClass(state.substring(0, 2));
    };
  }

  private static PgFailure ofClass(String stateClass) {
    return switch (stateClass) {
      case "22", "42" -> STATEMENT;
      case "23" -> CONSTRAINT;
      case "28" -> DENIED;
      case "53" -> NO_RESOURCES;
      case "57" -> SHUTDOWN;
      case "58", "XX" -> DAMAGED;
      default -> CONNECTION;
    };
  }

  static List<String> reasons() {
    return Arrays.stream(values()).map(PgFailure::reason).toList();
  }

  /** A metric's tag. */
  String reason() {
    return name().toLowerCase(Locale.ROOT);
  }

  StoreException toStoreException(@Nullable Throwable cause) {
    return new StoreException(failure, sentence, cause);
  }
}
