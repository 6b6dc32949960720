package dev.sealift.ops.mesh;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Brings one process's telling to another member: runs there. Its class name and its one string are a message between members of different releases: neither changes.
 */
public final class ServingTelling implements Runnable, HazelcastInstanceAware, DataSerializable {
  /** Where a member's {@link Serving} is found in its user context. */
  static final String HEARER = "sealift.serving";

  private String telling;
  private transient @Nullable HazelcastInstance member;

  /** For Hazelcast. */
  public ServingTelling() {
    this("");
  }

  ServingTelling(String telling) {
    this.telling = telling;
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance here) {
    member = here;
  }

  @Override
  public void run() {
    if (member != null && member.getUserContext().get(HEARER) instanceof Serving serving) {
      serving.hear(telling);
    }
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeString(telling);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    String read = in.readString();
    telling = read == null ? "" : read;
  }
}
