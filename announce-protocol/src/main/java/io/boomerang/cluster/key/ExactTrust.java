package io.boomerang.cluster.key;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Trusts a peer whose certificate is in the chassis key, and nobody else. That the peer has the
/// certificate's private key is what the handshake proves.
final class ExactTrust extends X509ExtendedTrustManager {
    private final ChassisKey key;

    ExactTrust(final ChassisKey key) {
        this.key = key;
    }

    private void check(final X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0 || !key.trusts(chain[0])) {
            throw new CertificateException(
                    "its key "
                            + (chain.length == 0 ? "(none)" : Fingerprint.of(chain[0]))
                            + " is not among those trusted here "
                            + key.trustedFingerprints());
        }
    }

    @Override
    public void checkClientTrusted(
            final X509Certificate[] chain, final String type, final Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(
            final X509Certificate[] chain, final String type, final Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(
            final X509Certificate[] chain, final String type, final SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(
            final X509Certificate[] chain, final String type, final SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(final X509Certificate[] chain, final String type)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(final X509Certificate[] chain, final String type)
            throws CertificateException {
        check(chain);
    }

    /// Names nobody, so that a peer shows the certificate that it has.
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
