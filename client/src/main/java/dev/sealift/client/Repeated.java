package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import java.util.concurrent.Executor;

/**
 * Runs something on an executor whenever it is asked to: once at a time, and once more when it was asked meanwhile, however often. What is asked for is so never lost, and
 * nothing queues up. Each run sees what the one before has written.
 *
 * <p>What the work or the executor throws is theirs, and goes to the thread's handler: it must not stop a write that is durable, or the exchange. Only that the space was closed ends it in silence.
 */
final class Repeated implements Runnable {
  private final Executor executor;
  private final Runnable work;
  private boolean asked;
  private boolean scheduled;
  private boolean closed;

  Repeated(Executor executor, Runnable work) {
    this.executor = executor;
    this.work = work;
  }

  void ask() {
    synchronized (this) {
      asked = true;
      if (scheduled || closed) {
        return;
      }
      scheduled = true;
    }
    schedule();
  }

  private void schedule() {
    try {
      executor.execute(this);
    } catch (RuntimeException e) {
      unschedule();
      handle(e);
    }
  }

  private synchronized void unschedule() {
    scheduled = false;
  }

  private static void handle(RuntimeException e) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
  }

  @Override
  public void run() {
    synchronized (this) {
      if (closed) {
        return;
      }
      asked = false;
    }
    try {
      work.run();
    } catch (SealiftException e) {
      if (e.code() == ErrorCode.CLOSED) {
        close();
      } else {
        handle(e);
      }
    } catch (RuntimeException e) {
      handle(e);
    }
    if (isAskedAgain()) {
      schedule();
    }
  }

  private synchronized boolean isAskedAgain() {
    scheduled = asked && !closed;
    return scheduled;
  }

  synchronized void close() {
    closed = true;
  }
}
