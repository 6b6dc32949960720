package dev.sealift.gateway;

import java.nio.file.Path;

/**
 * PEM files.
 *
 * @param certificate the chain, the server's own first
 * @param key the private key, PKCS#8 or PKCS#1, without a passphrase
 */
public record TlsFiles(Path certificate, Path key) {}
