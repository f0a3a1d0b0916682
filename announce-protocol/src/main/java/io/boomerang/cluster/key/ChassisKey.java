package io.boomerang.cluster.key;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/// What makes a process a member of a chassis: a private key with its certificate, and the
/// certificates of those who are members, too. All members have the same file, but for the time in
/// which the key is changed. Immutable.
///
/// The file is PKCS#12 (RFC 7292) with one private key. A certificate is trusted because it is in
/// the file, and for no other reason: nobody else's signature counts, nor the dates in it.
public final class ChassisKey {
    private static final String TYPE = "PKCS12";
    private static final String OWN = "chassis";
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");
    private static final char[] IN_MEMORY = "in memory".toCharArray();

    private final PrivateKey privateKey;
    private final X509Certificate own;
    private final Set<X509Certificate> trusted;

    private ChassisKey(
            final PrivateKey privateKey,
            final X509Certificate own,
            final Set<X509Certificate> trusted) {
        this.privateKey = privateKey;
        this.own = own;
        this.trusted = Collections.unmodifiableSet(new LinkedHashSet<>(trusted));
    }

    /// A new key that trusts only itself.
    public static ChassisKey generate() throws IOException {
        return KeyTool.generate();
    }

    /// Reads a key that {@link #store} wrote, or another tool that writes PKCS#12.
    ///
    /// @throws IOException when the file cannot be read or is no chassis key; the message names it
    public static ChassisKey load(final Path file, final char[] password) throws IOException {
        try {
            return read(Files.readAllBytes(file), password);
        } catch (final GeneralSecurityException | IOException e) {
            throw new IOException(file + ": is no chassis key: " + reason(e), e);
        }
    }

    private static String reason(final Exception e) {
        return e instanceof NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
    }

    private static ChassisKey read(final byte[] bytes, final char[] password)
            throws GeneralSecurityException, IOException {
        final KeyStore store = KeyStore.getInstance(TYPE);
        store.load(new ByteArrayInputStream(bytes), password);
        final List<String> owners = new ArrayList<>();
        final Set<X509Certificate> trusted = new LinkedHashSet<>();
        for (final String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                owners.add(alias);
            }
            final Certificate certificate = store.getCertificate(alias);
            if (certificate instanceof final X509Certificate x509) {
                trusted.add(x509);
            }
        }
        if (owners.size() != 1) {
            throw new IOException("it has " + owners.size() + " private keys instead of one");
        }
        final Key key = store.getKey(owners.getFirst(), password);
        final Certificate own = store.getCertificate(owners.getFirst());
        if (key instanceof final PrivateKey privateKey
                && own instanceof final X509Certificate x509) {
            return new ChassisKey(privateKey, x509, trusted);
        }
        throw new IOException("its private key has no X.509 certificate");
    }

    /// Writes the file, which nobody but its owner may read, whole or not at all: whoever reads it
    /// meanwhile sees the old one or the new one.
    public void store(final Path file, final char[] password) throws IOException {
        final Path directory = file.resolveSibling("").toAbsolutePath();
        final Path written =
                Files.createTempFile(directory, ".chassis-key", null, ownerOnly(directory));
        try {
            Files.write(written, bytes(password));
            Files.move(
                    written,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (final GeneralSecurityException e) {
            throw new IOException(file + ": the key cannot be written: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private static FileAttribute<?>[] ownerOnly(final Path directory) throws IOException {
        return Files.getFileStore(directory).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }

    /// Whether others than the owner may read or write the file.
    static boolean isOpenToOthers(final Path file) throws IOException {
        return Files.getFileStore(file).supportsFileAttributeView("posix")
                && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file, new LinkOption[0]));
    }

    private byte[] bytes(final char[] password) throws GeneralSecurityException, IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        keyStore(password).store(bytes, password);
        return bytes.toByteArray();
    }

    private KeyStore keyStore(final char[] password) throws GeneralSecurityException, IOException {
        final KeyStore store = KeyStore.getInstance(TYPE);
        store.load(null, password);
        store.setKeyEntry(OWN, privateKey, password, new Certificate[] {own});
        int number = 0;
        for (final X509Certificate certificate : trusted) {
            if (!certificate.equals(own)) {
                store.setCertificateEntry("trusted-" + ++number, certificate);
            }
        }
        return store;
    }

    /// This key, which trusts also those whom the other one trusts.
    public ChassisKey trusting(final ChassisKey other) {
        final Set<X509Certificate> all = new LinkedHashSet<>(trusted);
        all.addAll(other.trusted);
        return new ChassisKey(privateKey, own, all);
    }

    /// This key, which trusts nobody who has another one.
    public ChassisKey trustingOnlyItself() {
        return new ChassisKey(privateKey, own, Set.of(own));
    }

    boolean trusts(final X509Certificate certificate) {
        return trusted.contains(certificate);
    }

    KeyManager[] keyManagers() throws GeneralSecurityException, IOException {
        final KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(trustingOnlyItself().keyStore(IN_MEMORY), IN_MEMORY);
        return factory.getKeyManagers();
    }

    /// How operators tell keys apart.
    public String fingerprint() {
        return Fingerprint.of(own);
    }

    /// Of everyone whom it trusts, itself included, in the order of the alphabet.
    public List<String> trustedFingerprints() {
        return trusted.stream().map(Fingerprint::of).sorted().toList();
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof final ChassisKey key
                && own.equals(key.own)
                && trusted.equals(key.trusted)
                && Arrays.equals(privateKey.getEncoded(), key.privateKey.getEncoded());
    }

    @Override
    public int hashCode() {
        return own.hashCode();
    }

    @Override
    public String toString() {
        return "ChassisKey[" + fingerprint() + ", trusts " + trustedFingerprints() + "]";
    }
}
