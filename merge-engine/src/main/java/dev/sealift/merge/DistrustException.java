package dev.sealift.merge;

/** The store said something about a space that cannot be true. The space is not served from it. */
final class DistrustException extends Exception {
  private static final long serialVersionUID = 1L;

  private final StoreFault fault;

  DistrustException(StoreFault fault) {
    super(fault.name());
    this.fault = fault;
  }

  StoreFault fault() {
    return fault;
  }
}
