package dev.sealift.ops.chaos.device;

/** What a {@link Driver} is told to do. */
final class Orders {
  static final String FOUND = "found";
  static final String JOIN = "join";
  static final String START = "start";
  static final String MARK = "mark";
  static final String COUNT = "count";
  static final String RECOVER = "recover";
  static final String FINISH = "finish";
  static final String CATCH_UP = "catch-up";
  static final String WALK = "walk";
  static final String LOOK = "look";

  private Orders() {}
}
