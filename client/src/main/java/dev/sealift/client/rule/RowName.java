package dev.sealift.client.rule;

/** A row: its table and its key. */
public record RowName(String table, String key) {}
