package dev.sealift.ops;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.util.Collections;

/**
 * The walls between the modules. Every module points inward, to the protocol; the modules of the
 * mesh meet only in typed event-bus messages; ops alone sees everything.
 *
 * <p>The poms hold most of these walls already. This test also holds them against a dependency that
 * slips in through another one, and says why it is refused.
 *
 * <p>A rule that finds no class to look at fails, so renaming a package cannot disarm it.
 */
@AnalyzeClasses(packages = "dev.sealift", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String PROTOCOL = "dev.sealift.protocol..";
  private static final String CLIENT = "dev.sealift.client..";
  private static final String STORAGE = "dev.sealift.storage..";
  private static final String MERGE = "dev.sealift.merge..";
  private static final String GATEWAY = "dev.sealift.gateway..";
  private static final String COMPACTOR = "dev.sealift.compactor..";
  private static final String OPS = "dev.sealift.ops..";

  @ArchTest
  static void everyModuleIsLookedAt(JavaClasses classes) {
    for (String module :
        new String[] {"protocol", "client", "storage", "merge", "gateway", "compactor", "ops"}) {
      assertThat(classes).anyMatch(c -> c.getPackageName().startsWith("dev.sealift." + module));
    }
  }

  @ArchTest
  static final ArchRule everyClassBelongsToAModule = classes()
      .should()
      .resideInAnyPackage(PROTOCOL, CLIENT, STORAGE, MERGE, GATEWAY, COMPACTOR, OPS)
      .because("a package outside the modules' roots would stand outside every wall below");

  @ArchTest
  static final ArchRule bothEndsRunInAPlainJvm = noClasses()
      .that()
      .resideInAnyPackage(PROTOCOL, CLIENT)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage("io.vertx..", "io.netty..", "com.hazelcast..", "io.micrometer..")
      .because("a device embeds the client without the mesh's machinery");

  @ArchTest
  static final ArchRule protocolKnowsNoOtherModule = noClasses()
      .that()
      .resideInAPackage(PROTOCOL)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage(CLIENT, STORAGE, MERGE, GATEWAY, COMPACTOR, OPS)
      .because("it is the ground all the others stand on");

  @ArchTest
  static final ArchRule clientKnowsOnlyTheProtocol = noClasses()
      .that()
      .resideInAPackage(CLIENT)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage(STORAGE, MERGE, GATEWAY, COMPACTOR, OPS)
      .because("a device speaks to the mesh over the wire alone");

  @ArchTest
  static final ArchRule storageKnowsOnlyTheProtocol = noClasses()
      .that()
      .resideInAPackage(STORAGE)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage(CLIENT, MERGE, GATEWAY, COMPACTOR, OPS)
      .because("verticles meet only in messages");

  @ArchTest
  static final ArchRule mergeKnowsOnlyTheProtocol = noClasses()
      .that()
      .resideInAPackage(MERGE)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage(CLIENT, STORAGE, GATEWAY, COMPACTOR, OPS)
      .because("verticles meet only in messages");

  @ArchTest
  static final ArchRule gatewayKnowsOnlyTheProtocol = noClasses()
      .that()
      .resideInAPackage(GATEWAY)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage(CLIENT, STORAGE, MERGE, COMPACTOR, OPS)
      .because("verticles meet only in messages");

  @ArchTest
  static final ArchRule compactorKnowsOnlyTheProtocol = noClasses()
      .that()
      .resideInAPackage(COMPACTOR)
      .should()
      .dependOnClassesThat()
      .resideInAnyPackage(CLIENT, STORAGE, MERGE, GATEWAY, OPS)
      .because("verticles meet only in messages");

  @ArchTest
  static final ArchRule rulesAcrossRowsArePure = noClasses()
      .that()
      .resideInAPackage("dev.sealift.client.rule..")
      .should()
      .dependOnClassesThat()
      .resideOutsideOfPackages(
          "dev.sealift.client.rule..",
          "dev.sealift.client.value..",
          "dev.sealift.client.error..",
          "java.lang..",
          "java.util..",
          "org.jspecify..")
      .because("that they end is shown of rows, whatever keeps them");

  /** Two builds have the same classes, each with a SQLite of its own: whose is loaded would be chance. */
  @ArchTest
  static void oneBuildOfSqliteJdbcIsThere(JavaClasses classes) throws IOException {
    assertThat(Collections.list(
            ArchitectureTest.class.getClassLoader().getResources("org/sqlite/JDBC.class")))
        .hasSize(1);
  }

  @ArchTest
  static final ArchRule packagesAreFeatures = noClasses()
      .should()
      .resideInAnyPackage("..util..", "..utils..")
      .because("a package is named for what it does, so that a newcomer finds it");
}
