package dev.sealift.storage.postgres;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.function.Function;

/**
 * Work on one item after the other, on an event loop. Each begins in a turn of its own, so that the stack stays flat however many
 * there are and however soon each is done: a chain of composed futures would unwind within itself.
 */
final class OneByOne<T> {
  private final Context context;
  private final Iterator<T> left;
  private final Function<T, Future<Void>> work;
  private final Promise<Void> all = Promise.promise();

  private OneByOne(Context context, Iterator<T> left, Function<T, Future<Void>> work) {
    this.context = context;
    this.left = left;
    this.work = work;
  }

  /** Ends with the last item, or with the first that fails. */
  static <T> Future<Void> run(Context context, Iterable<T> items, Function<T, Future<Void>> work) {
    OneByOne<T> run = new OneByOne<>(context, items.iterator(), work);
    run.next();
    return run.all.future();
  }

  private void next() {
    if (left.hasNext()) {
      Future.succeededFuture(left.next())
          .compose(work)
          .onSuccess(done -> context.runOnContext(turn -> next()))
          .onFailure(all::fail);
    } else {
      all.complete();
    }
  }
}
