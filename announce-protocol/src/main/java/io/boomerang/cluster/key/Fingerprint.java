package io.boomerang.cluster.key;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;

/// The first 16 bytes of the SHA-256 of a certificate, as `openssl x509 -fingerprint -sha256` shows
/// them.
final class Fingerprint {
    private static final int LENGTH = 16;

    private Fingerprint() {}

    static String of(final X509Certificate certificate) {
        try {
            final byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.ofDelimiter(":")
                    .withUpperCase()
                    .formatHex(Arrays.copyOf(digest, LENGTH));
        } catch (final NoSuchAlgorithmException | CertificateEncodingException e) {
            throw new AssertionError("every Java platform has SHA-256 and X.509", e);
        }
    }
}
