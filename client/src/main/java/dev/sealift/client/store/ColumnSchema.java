package dev.sealift.client.store;

/** A column as an app declares it. */
public record ColumnSchema(String name, ColumnType type) {}
