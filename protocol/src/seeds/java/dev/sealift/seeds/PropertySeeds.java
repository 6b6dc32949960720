package dev.sealift.seeds;

import java.util.Random;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyAttributes;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * Has each property draw the same samples in each build, so that a build fails for what was changed and for nothing else. Who looks for faults says
 * {@code -Dproperties.seeds=random}, for samples that nobody has drawn yet, and {@code -Dproperties.tries=20}, for twenty times as many.
 */
public final class PropertySeeds implements AroundPropertyHook {
  private static final String RANDOM = "random";

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext context, PropertyExecutor property) {
    PropertyAttributes attributes = context.attributes();
    if (attributes.seed().isEmpty() && !RANDOM.equals(System.getProperty("properties.seeds"))) {
      attributes.setSeed(Long.toString(seed(context)));
    }
    int times = Integer.getInteger("properties.tries", 1);
    attributes.tries().ifPresent(tries -> attributes.setTries(Math.multiplyExact(tries, times)));
    return property.execute();
  }

  private static long seed(PropertyLifecycleContext context) {
    String name =
        context.containerClass().getName() + "." + context.targetMethod().getName();
    return new Random(name.hashCode()).nextLong();
  }

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }
}
