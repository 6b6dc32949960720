package dev.sealift.ops.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.simulate.Bed;
import dev.sealift.ops.simulate.BedDevice;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.Outcome;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a member may sign with real keys and no client would: an honest mesh refuses each such file and says why; where a mesh in league with her admits it, each device names it. Whoever is
 * honest has the same as before, and goes on.
 */
class MaliciousMemberTest {
  private static final long SEED = 5;

  static List<Forgery> forgeries() {
    return Forgeries.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forgeries")
  void theMeshRefusesItAndSaysWhy(Forgery forgery) {
    Bed.with(SEED, bed -> {
      Stage stage = new Stage(bed);
      Insider insider = new Insider(stage);
      List<BedDevice> honest = List.of(stage.founder(), stage.victim(), stage.other());
      List<Hash> before = digests(honest);

      Outcome outcome = insider.play(forgery.plot(stage));

      assertThat(outcome.getRefusal().getCode()).isEqualTo(forgery.refused());
      assertThat(digests(honest)).isEqualTo(before);
      insider.assertGoesOn();
      return true;
    });
  }

  private static List<Hash> digests(List<BedDevice> devices) {
    return devices.stream().map(BedDevice::mergeDigest).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forgeries")
  void everyDeviceNamesItWhereAMeshAdmitsIt(Forgery forgery) {
    Told told = HostileRun.one(SEED, List.of(forgery.admitted())).told().get(0);

    assertThat(told.failure()).isEmpty();
    assertThat(told.falselyApplied()).isFalse();
    assertThat(told.named()).isTrue();
  }
}
