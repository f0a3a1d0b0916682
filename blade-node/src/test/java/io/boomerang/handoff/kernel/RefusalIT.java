package io.boomerang.handoff.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boomerang.linux.SystemCallException;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/// What cannot be moved says why, and goes on where it is.
class RefusalIT {
    private static final Wire WIRE = Wire.families().getFirst();

    private static Lab lab;

    @BeforeAll
    static void build() {
        final String reason = KernelTcp.unavailable();
        assumeTrue(reason == null, () -> "no hand-off of kernel connections here: " + reason);
        lab = Lab.build();
    }

    @AfterAll
    static void clean() {
        if (lab != null) {
            lab.close();
        }
    }

    @BeforeEach
    void steer() {
        lab.steerTo(0);
        lab.client().set("ipv4/tcp_ecn", 2);
    }

    @AfterEach
    void shouldHaveSeenNoReset() {
        assertEquals(0, lab.resets());
    }

    @Test
    void shouldRefuseAConnectionThatThisEndHasClosed() throws IOException {
        try (Pair pair = Pair.connect(lab, WIRE)) {
            pair.server()
                    .onBlade(socket -> {
                        socket.shutdownOutput();
                        return true;
                    });

            Awaitility.await()
                    .until(() -> refusal(pair.server()).contains("is in FIN-WAIT-2, not EST"));
            shouldStillTake(pair);
        }
    }

    @Test
    void shouldRefuseAListener() throws IOException {
        final String refusal =
                lab.blade(0)
                        .call(() -> {
                            try (KernelTcp stack = new KernelTcp();
                                    TcpSocket socket = listening(stack)) {
                                return reasonOf(stack.take(socket, PacketWitness.NONE));
                            }
                        });

        assertEquals("connection is in LISTEN, not ESTABLISHED or CLOSE-WAIT", refusal);
    }

    private static TcpSocket listening(final KernelTcp stack) throws SystemCallException {
        return stack.adopt(stack.listen(Lab.virtualAddress(false), 1).descriptor());
    }

    @Test
    void shouldRefuseKernelTls() throws IOException {
        try (Pair pair = Pair.connect(lab, WIRE)) {
            final boolean available = pair.server().onBlade(RefusalIT::attachTls);
            assumeTrue(available, "this kernel has no TLS (CONFIG_TLS, module tls)");

            assertEquals("the kernel runs \"tls\" on the connection", refusal(pair.server()));
            shouldStillTalk(pair);
        }
    }

    private static boolean attachTls(final TcpSocket socket) {
        try (Arena arena = Arena.ofConfined()) {
            final SocketCalls calls = new SocketCalls(arena);
            calls.scratch().setString(0, "tls", StandardCharsets.US_ASCII);
            return calls.trySetOption(
                            socket.descriptor(),
                            SocketConstants.IPPROTO_TCP,
                            SocketConstants.TCP_ULP,
                            4)
                    == 0;
        }
    }

    @Test
    void shouldRefuseExplicitCongestionNotification() throws IOException {
        lab.client().set("ipv4/tcp_ecn", 1);
        try (Pair pair = Pair.connect(lab, WIRE)) {
            assertEquals(
                    "congestion notification (ECN) was agreed on and cannot be put back",
                    refusal(pair.server()));
            shouldStillTalk(pair);
        }
    }

    @Test
    void shouldRefuseUrgentDataUntilItIsRead() throws IOException {
        try (Pair pair = Pair.connect(lab, WIRE)) {
            pair.client().sendUrgentData('!');

            Awaitility.await()
                    .until(() ->
                            pair.server().take() instanceof TakeResult.Refused(var reason)
                                    && reason.equals("urgent data waits"));
            shouldStillTalk(pair);
        }
    }

    @Test
    void shouldRefuseAFilterOfTheApplication() throws IOException {
        try (Pair pair = Pair.connect(lab, WIRE)) {
            final FrozenConnection frozen =
                    assertInstanceOf(TakeResult.Taken.class, pair.server().take()).connection();
            final int descriptor = frozen.descriptor();

            final String refusal =
                    lab.blade(0)
                            .call(() -> {
                                try (KernelTcp stack = new KernelTcp()) {
                                    return reasonOf(
                                            stack.take(
                                                    stack.adopt(descriptor), PacketWitness.NONE));
                                }
                            });

            assertEquals("the application has attached a packet filter", refusal);
            pair.server().resume(frozen);
            shouldStillTalk(pair);
        }
    }

    private static String refusal(final Server server) {
        return reasonOf(server.take());
    }

    private static String reasonOf(final TakeResult result) {
        return assertInstanceOf(TakeResult.Refused.class, result).reason();
    }

    private static void shouldStillTalk(final Pair pair) throws IOException {
        shouldStillTake(pair);
        pair.server().write(new byte[] {4, 5});
        assertArrayEquals(new byte[] {4, 5}, pair.read(2));
    }

    private static void shouldStillTake(final Pair pair) throws IOException {
        pair.write((byte) 1, (byte) 2, (byte) 3);
        assertArrayEquals(new byte[] {1, 2, 3}, pair.server().readAll(3));
    }
}
