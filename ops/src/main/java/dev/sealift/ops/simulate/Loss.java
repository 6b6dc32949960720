package dev.sealift.ops.simulate;

import dev.sealift.client.store.LostReason;
import dev.sealift.client.store.LostValue;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;

/** What is in the inbox, whatever the device's version of the app calls it. */
record Loss(
    String table,
    String key,
    String column,
    LostReason reason,
    Value value,
    Value current,
    HybridTime time,
    DeviceId device,
    HybridTime rivalTime,
    DeviceId rivalDevice,
    long transaction,
    long sinceMillis) {
  static Loss of(LostValue lost) {
    boolean versioned = lost.wire().equals(AppVersions.WIRE);
    return new Loss(
        lost.wire(),
        lost.key(),
        versioned ? AppVersions.wire(lost.column()) : lost.column(),
        lost.reason(),
        lost.value(),
        versioned ? Value.NULL : lost.current(), // a version reads its own default
        lost.time(),
        lost.device(),
        lost.rivalTime(),
        lost.rivalDevice(),
        lost.transaction(),
        lost.sinceMillis());
  }
}
