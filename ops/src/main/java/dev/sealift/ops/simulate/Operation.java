package dev.sealift.ops.simulate;

/** Something that a person or an app does on one device. Each checks that it shows there at once. */
interface Operation {
  /**
   * Does it; nothing when there is nothing that it could be done to.
   *
   * @param device is running
   * @param key the row that it is about
   */
  void perform(Writer writer, Device device, String key);
}
