package dev.sealift.client.store;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.SpaceRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** A folder and devices in it, for one test or one try of a property. */
public final class TestFolder implements AutoCloseable {
  private final Path folder;
  private final List<TestDevice> devices = new ArrayList<>();
  private final SpaceRules rules;

  public TestFolder() {
    this(TestDevice.RULES);
  }

  /** @param rules of the space that the devices are in */
  TestFolder(SpaceRules rules) {
    this.rules = rules;
    try {
      folder = Files.createTempDirectory("sealift-store");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path() {
    return folder;
  }

  public TestDevice device(String name) {
    return device(name, name);
  }

  /** How many there are. */
  int homes() {
    return devices.size();
  }

  /** A home of a device, which may have several when it was copied. */
  TestDevice device(String home, String name) {
    TestDevice device = new TestDevice(folder.resolve(home + ".db"), name);
    devices.add(device);
    device.write(batch -> batch.useRules(rules));
    return device;
  }

  /** A home that is there. */
  TestDevice home(Path file, DeviceId id) {
    TestDevice device = new TestDevice(new JdbcDriver(SynchronousMode.OFF), file, id);
    devices.add(device);
    return device;
  }

  /** A copy of a device's home. */
  TestDevice copy(TestDevice home, String name) {
    home.store.close();
    try {
      Files.copy(home.file, folder.resolve("copy.db"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    home.open();
    TestDevice copy = device("copy", name);
    copy.rememberAllOf(home);
    return copy;
  }

  @Override
  public void close() {
    devices.forEach(TestDevice::close);
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(TestFolder::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
