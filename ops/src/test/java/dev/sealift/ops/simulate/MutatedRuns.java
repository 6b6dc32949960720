package dev.sealift.ops.simulate;

import java.lang.reflect.Method;
import java.util.Optional;

/** Runs seeds in another class loader, by reflection: its classes have the names of this one's, and are others. */
final class MutatedRuns {
  private final Method one;
  private final Method fault;

  MutatedRuns(ClassLoader loader) throws ReflectiveOperationException {
    one = loader.loadClass(Campaign.class.getName()).getMethod("one", long.class, boolean.class);
    fault = loader.loadClass(Result.class.getName()).getMethod("fault");
  }

  /** What the run of this seed found. */
  Optional<?> fault(long seed) throws ReflectiveOperationException {
    return (Optional<?>) fault.invoke(one.invoke(null, seed, false));
  }
}
