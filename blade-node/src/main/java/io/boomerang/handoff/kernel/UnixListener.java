package io.boomerang.handoff.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCallException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/// A UNIX socket at a path, for programs of this machine that speak in messages (SOCK_SEQPACKET).
/// Its owner and group may connect.
public final class UnixListener implements AutoCloseable {
    /// `struct sockaddr_un` (linux/un.h): family, then the path with a zero at its end.
    private static final int LONGEST_PATH = 107;

    private static final int BACKLOG = 64;

    private final SocketCalls calls;
    private final int descriptor;
    private final Path path;

    private UnixListener(final SocketCalls calls, final int descriptor, final Path path) {
        this.calls = calls;
        this.descriptor = descriptor;
        this.path = path;
    }

    /// Listens; a socket that nobody listens at any more is replaced.
    ///
    /// @throws IOException when that cannot be; the message names the path
    public static UnixListener listen(final KernelTcp stack, final Path path) throws IOException {
        final byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > LONGEST_PATH) {
            throw new IOException(path + " is longer than " + LONGEST_PATH + " bytes");
        }
        final SocketCalls calls = stack.calls();
        final int descriptor =
                calls.socket(SocketConstants.AF_UNIX, SocketConstants.SOCK_SEQPACKET, 0);
        boolean complete = false;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = arena.allocate(Short.BYTES + name.length + 1L);
            address.set(JAVA_SHORT, 0, (short) SocketConstants.AF_UNIX);
            MemorySegment.copy(name, 0, address, JAVA_BYTE, Short.BYTES, name.length);
            removeLeftover(calls, path, address);
            calls.bind(descriptor, address, path.toString());
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
            calls.listen(descriptor, BACKLOG);
            complete = true;
            return new UnixListener(calls, descriptor, path);
        } finally {
            if (!complete) {
                calls.close(descriptor);
            }
        }
    }

    /// Nobody listens at a socket that refuses connections. Another kind of socket answers with
    /// another error, and what is no socket is left alone.
    private static void removeLeftover(
            final SocketCalls calls, final Path path, final MemorySegment address)
            throws IOException {
        if (!Files.exists(path)
                || !Files.readAttributes(path, BasicFileAttributes.class).isOther()) {
            return;
        }
        final int probe = calls.socket(SocketConstants.AF_UNIX, SocketConstants.SOCK_SEQPACKET, 0);
        try {
            if (calls.tryConnect(probe, address) == -Errno.ECONNREFUSED) {
                Files.delete(path);
            }
        } finally {
            calls.close(probe);
        }
    }

    public int descriptor() {
        return descriptor;
    }

    /// The next program; null if there is none now.
    public @Nullable TcpSocket accept(final KernelTcp stack) throws SystemCallException {
        try {
            final int accepted = calls.accept(descriptor);
            return accepted < 0 ? null : stack.adopt(accepted);
        } catch (final SystemCallException e) {
            if (e.errno() == Errno.EINTR) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        calls.close(descriptor);
        try {
            Files.deleteIfExists(path);
        } catch (final IOException _) {
            // It may be in the way of the next one, which removes it.
        }
    }
}
