package dev.sealift.client;

import dev.sealift.client.store.ChangeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells how far what was written has come: at first, and whenever that is something else. */
final class DeliveryWatch implements Watches.Watcher {
  private final Supplier<Delivery> delivery;
  private final Consumer<Delivery> listener;
  private final Repeated telling;
  private final Interest interest;
  private final AtomicBoolean watching = new AtomicBoolean();

  /** Null as long as nothing was told. Only for whoever tells, which is one at a time. */
  private @Nullable Delivery told;

  DeliveryWatch(
      Supplier<Delivery> delivery,
      Executor executor,
      Consumer<Delivery> listener,
      Interest interest) {
    this.delivery = delivery;
    this.listener = listener;
    this.interest = interest;
    this.telling = new Repeated(executor, this::run);
  }

  /** To be called once it is told of changes, so that none is missed. */
  void start() {
    watching.set(true);
    interest.begin();
    telling.ask();
  }

  @Override
  public void tell(ChangeSet changes) {
    telling.ask();
  }

  @Override
  public void progressed() {
    telling.ask();
  }

  private void run() {
    Delivery now = delivery.get();
    if (!now.equals(told)) {
      told = now;
      listener.accept(now);
    }
  }

  @Override
  public void close() {
    if (watching.getAndSet(false)) {
      interest.end();
    }
    telling.close();
  }
}
