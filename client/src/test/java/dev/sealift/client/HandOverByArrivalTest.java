package dev.sealift.client;

/** The same where ranks go by arrival: a file that builds on another one stands at no lower place. */
class HandOverByArrivalTest extends HandOverTest {
  @Override
  SpaceOptions options() {
    return SpaceOptions.byArrival();
  }
}
