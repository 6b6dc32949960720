package dev.sealift.ops.mesh;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a process of the mesh ends when it is told to: it is not ready any more, serves on for a while, then stops part by part.
 * All of it takes at most the drain and the bound; a process that hangs is given up, which costs time and no data, because
 * what was acknowledged is durable.
 */
public final class GracefulStop {
  private static final Logger LOG = LoggerFactory.getLogger(GracefulStop.class);

  /**
   * Of the parts in a row, at the very most: a gateway waits 5 s for what is under way, 16 s for its positions to be kept (10 s of batches, and 3 s for the answer to the
   * one before and to the last), and 5 s for sockets to close; an engine 5 s for its commit. Each of the three takes its addresses out of the cluster, 1 s, and
   * leaving it takes 8 s. That is 42 s; the rest is for the store to close.
   */
  public static final Duration BOUND = Duration.ofSeconds(50);

  private final Duration drain;
  private final Duration bound;
  private final Runnable leave;
  private final Runnable close;
  private final CountDownLatch hurried = new CountDownLatch(1);

  /**
   * @param drain how long to serve on while not ready
   * @param bound how long {@code close} may take
   * @param leave says that the process is not ready, and returns
   * @param close stops the process, and returns when that is done
   */
  public GracefulStop(Duration drain, Duration bound, Runnable leave, Runnable close) {
    this.drain = drain;
    this.bound = bound;
    this.leave = leave;
    this.close = close;
  }

  /** Told to stop once more: what is left of the drain is skipped. From any thread. */
  public void hurry() {
    hurried.countDown();
  }

  /** Blocks until the process has stopped, or was given up: then the answer is false. */
  public boolean run() {
    leave.run();
    try {
      if (!drain.isZero()) {
        LOG.info("Not ready any more; serving on for {} seconds.", drain.toSeconds());
        hurried.await(drain.toMillis(), TimeUnit.MILLISECONDS);
      }
      return closeInTime();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean closeInTime() throws InterruptedException {
    Thread closing = new Thread(close, "sealift-close");
    closing.setDaemon(true);
    closing.start();
    closing.join(bound.toMillis());
    if (closing.isAlive()) {
      LOG.warn(
          "A part of this process did not stop within {} seconds; it is given up.",
          bound.toSeconds());
    }
    return !closing.isAlive();
  }
}
