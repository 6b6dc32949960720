package dev.sealift.ops.quickstart;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import java.net.URI;
import java.nio.file.Path;

/** Two devices of one household: the phone founds a space, the laptop joins it by a link. */
public final class QuickStart {
  public static void main(String[] args) {
    URI mesh = URI.create(args[0]); // ws://localhost:7400
    Path homes = Path.of(args[1]);
    Schema schema =
        Schema.of(Schema.table("chores", "id").text("what").text("who").integer("minutes"));

    try (Sealift phone = Sealift.open(homes.resolve("phone"));
        Sealift laptop = Sealift.open(homes.resolve("laptop"))) {
      Space onPhone = phone.create("household", schema);
      onPhone
          .table("chores")
          .put("dishes", Row.of("what", "Dishes", "who", "Ada", "minutes", 20)); // offline
      onPhone.connect(mesh); // syncs in the background from here on
      onPhone.whenDurable().join();
      String link = onPhone.invite(); // hand it over: its secret never reaches a server

      Space onLaptop = laptop.join(link);
      onLaptop.connect();
      onLaptop.whenUpToDate().join();
      onLaptop.table("chores").patch("dishes", Row.of("who", "Ben"));
      onLaptop.table("chores").put("bins", Row.of("what", "Bins", "who", "Ada", "minutes", 5));
      onLaptop.whenDurable().join();

      try (var rows =
          onLaptop.query("select who, sum(minutes) from chores group by who order by who")) {
        while (rows.next()) {
          System.out.println(
              rows.text(0).orElse("?") + ": " + rows.integer(1).orElse(0L) + " minutes");
        }
      }
      System.out.println("digest " + onLaptop.digest());
    }
  }
}
