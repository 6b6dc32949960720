package dev.sealift.client.store;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.Rules;

/** What the space fixed at its genesis; the usual rules as long as that is not known. Changed by the writer, read by anybody. */
final class KeptRules {
  private static final String SETTING = Settings.OWN_PREFIX + "rules";

  private final Settings settings;
  private volatile SpaceRules current = SpaceRules.defaults();

  KeptRules(Settings settings) {
    this.settings = settings;
    load();
  }

  /** As the database has it. */
  void load() {
    current = settings.get(SETTING).map(KeptRules::parse).orElseGet(SpaceRules::defaults);
  }

  private static SpaceRules parse(byte[] kept) {
    try {
      return SpaceRules.parse(Rules.parseFrom(kept));
    } catch (InvalidProtocolBufferException | FormatException e) {
      throw new StoreException(
          StoreException.Code.CORRUPT, "the space's database has rules that are none", e);
    }
  }

  void use(SpaceRules rules) {
    settings.put(SETTING, rules.toProto().toByteArray());
    current = rules;
  }

  SpaceRules current() {
    return current;
  }

  long cutOffMillis() {
    return current.cutOffMillis();
  }

  long clockBoundMillis() {
    return current.clockBoundMillis();
  }
}
