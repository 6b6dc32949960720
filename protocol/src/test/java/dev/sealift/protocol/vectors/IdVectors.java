package dev.sealift.protocol.vectors;

import com.google.gson.JsonElement;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.membership.ComparisonCode;
import dev.sealift.protocol.proto.DeviceKeys;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.util.List;

final class IdVectors extends VectorFile {
  IdVectors() {
    super(
        "ids", "Sections 3 and 8: DeviceId, FileId, SpaceId, the order of ids, comparison codes.");
  }

  @Override
  protected void cases(Cases to) {
    SampleDevice device = SampleDevice.number(1);
    to.add("device 1", device(device.keys().toProto()));
    to.add("device 2", device(SampleDevice.number(2).keys().toProto()));
    to.add(
        "malformed: a signing key of 31 bytes",
        device(device.keys().toProto().toBuilder()
            .setSigning(SampleFiles.filled(31, 1))
            .build()));
    to.add(
        "malformed: an HPKE key of 33 bytes",
        device(device.keys().toProto().toBuilder()
            .setHpke(SampleFiles.filled(33, 1))
            .build()));
    to.add(
        "malformed: a signing key of small order",
        device(device.keys().toProto().toBuilder()
            .setSigning(SampleFiles.filled(32, 0))
            .build()));
    SignedHeader genesis = SampleFiles.genesis(device);
    to.add("a genesis file, whose id is the space's", file(genesis));
    to.add(
        "an events file",
        file(SampleFiles.sign(SampleFiles.eventsBody(device, genesis.space()), device)));
    to.add("a device's comparison code", comparison(genesis.space(), device.id()));
    to.add(
        "another device's comparison code",
        comparison(genesis.space(), SampleDevice.number(2).id()));
    to.add(
        "the comparison code of a device in another space",
        comparison(SampleFiles.genesis(SampleDevice.number(2)).space(), device.id()));
    List<Integer> fills = List.of(0x80, 0x7f, 0x00, 0xff, 0x01);
    to.add(
        "ids are ordered as unsigned bytes",
        Json.of("kind", "order")
            .list("ids", fills, fill -> Json.hex(SampleDevice.filled(DeviceId.BYTES, fill))));
  }

  private static Json device(DeviceKeys keys) {
    return Json.of("kind", "device").hex("signing", keys.getSigning()).hex("hpke", keys.getHpke());
  }

  private static Json comparison(SpaceId space, DeviceId device) {
    return Json.of("kind", "comparison")
        .text("space", space.toString())
        .text("device", device.toString());
  }

  private static Json file(SignedHeader file) {
    return Json.of("kind", "file").hex("signed_header", file.byteString());
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    return switch (in.text("kind")) {
      case "device" ->
        Json.object()
            .text(
                "device_id",
                DevicePublicKeys.parse(DeviceKeys.newBuilder()
                        .setSigning(in.bytes("signing"))
                        .setHpke(in.bytes("hpke"))
                        .build())
                    .id()
                    .toString());
      case "file" -> ids(SignedHeader.parse(in.bytes("signed_header")));
      case "comparison" ->
        Json.object()
            .text(
                "code",
                ComparisonCode.of(
                    SpaceId.of(in.bytes("space").toByteArray()),
                    DeviceId.of(in.bytes("device").toByteArray())));
      case "order" ->
        Json.object()
            .texts("sorted", in.list("ids", IdVectors::device).stream().sorted().toList());
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  private static Json ids(SignedHeader file) {
    return Json.object()
        .text("file_id", file.id().toString())
        .text("space_id", file.space().toString());
  }

  private static DeviceId device(JsonElement hex) {
    try {
      return DeviceId.of(Inputs.hex(hex));
    } catch (FormatException e) {
      throw new BadVectorException("no id", e);
    }
  }
}
