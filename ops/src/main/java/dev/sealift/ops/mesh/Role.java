package dev.sealift.ops.mesh;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** A verticle that a process can run. */
public enum Role {
  GATEWAY,
  MERGE_ENGINE,
  STORAGE_ADAPTER,
  COMPACTOR;

  /** The name in settings and in the cluster, such as merge-engine. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads names separated by commas. */
  static Set<Role> parse(String text, String place) throws MeshStartException {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : text.split(",", -1)) {
      roles.add(parseOne(name.strip(), place));
    }
    return roles;
  }

  private static Role parseOne(String name, String place) throws MeshStartException {
    return Arrays.stream(values())
        .filter(role -> role.text().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(name, place));
  }

  private static MeshStartException unknown(String name, String place) {
    String known = Arrays.stream(values()).map(Role::text).collect(Collectors.joining(", "));
    return MeshStartException.badSetting(
        "%s names the role '%s'; the roles are %s.".formatted(place, name, known));
  }

  static String format(Set<Role> roles) {
    return roles.stream().map(Role::text).collect(Collectors.joining(","));
  }

  /** Whether processes of these roles are a mesh that devices can use. Nothing waits for a compactor. */
  static boolean isMesh(Set<Role> roles) {
    return roles.containsAll(Set.of(GATEWAY, MERGE_ENGINE, STORAGE_ADAPTER));
  }

  /** Whether it signs or proves anything in the mesh's name. */
  boolean needsNotaryKey() {
    return this == GATEWAY || this == MERGE_ENGINE;
  }
}
