package io.boomerang.sim.command;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.Random;

/// Questions and answers over UDP, one datagram each, as DNS has them: a program of its own, to be
/// run on hosts of a laboratory.
final class UdpProbe {
    private static final int PORT = 53;
    private static final int LONGEST = 4_000;
    private static final int TIMEOUT_MS = 1_000;
    private static final int TRIES = 5;
    private static final int STREAMS = 16;
    private static final int PAUSE_MS = 2;
    private static final int LAST_MS = 2_000;

    private UdpProbe() {}

    /// `answer`, or `ask ADDRESS COUNT`: each question from a port of its own, or `stream ADDRESS`:
    /// hundreds a second from a few ports by turns until the input ends, and how many had no
    /// answer.
    public static void main(final String[] arguments) throws IOException {
        if (arguments[0].equals("answer")) {
            answer();
        } else if (arguments[0].equals("stream")) {
            stream(new InetSocketAddress(arguments[1], PORT));
        } else {
            ask(InetAddress.getByName(arguments[1]), Integer.parseInt(arguments[2]));
        }
    }

    private static void answer() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(PORT)) {
            System.out.println("ready");
            final DatagramPacket packet = new DatagramPacket(new byte[LONGEST], LONGEST);
            while (true) {
                packet.setLength(LONGEST);
                socket.receive(packet);
                socket.send(packet);
            }
        }
    }

    private static void stream(final InetSocketAddress server) throws IOException {
        final DatagramChannel[] channels = new DatagramChannel[STREAMS];
        final ByteBuffer number = ByteBuffer.allocate(Integer.BYTES);
        long sent = 0;
        long answered = 0;
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < STREAMS; i++) {
                channels[i] = DatagramChannel.open().connect(server);
                channels[i].configureBlocking(false);
                channels[i].register(selector, SelectionKey.OP_READ);
            }
            while (System.in.available() == 0) {
                channels[(int) (sent % STREAMS)].write(number.clear());
                sent++;
                answered += answers(selector, PAUSE_MS);
            }
            final long lastNs = System.nanoTime() + LAST_MS * 1_000_000L;
            while (answered < sent && System.nanoTime() < lastNs) {
                answered += answers(selector, PAUSE_MS);
            }
            for (final DatagramChannel channel : channels) {
                channel.close();
            }
        }
        System.out.println(sent + " sent, " + (sent - answered) + " lost");
    }

    /// How many come during a pause.
    private static long answers(final Selector selector, final long pauseMs) throws IOException {
        final ByteBuffer answer = ByteBuffer.allocate(Integer.BYTES);
        final long endNs = System.nanoTime() + pauseMs * 1_000_000L;
        long count = 0;
        for (long leftMs = pauseMs; leftMs > 0; ) {
            selector.select(leftMs);
            for (final SelectionKey key : selector.selectedKeys()) {
                while (((DatagramChannel) key.channel()).read(answer.clear()) > 0) {
                    count++;
                }
            }
            selector.selectedKeys().clear();
            leftMs = (endNs - System.nanoTime() + 999_999) / 1_000_000;
        }
        return count;
    }

    private static void ask(final InetAddress server, final int count) throws IOException {
        final Random random = new Random(count);
        int repeated = 0;
        for (int i = 0; i < count; i++) {
            // Now and then an answer in fragments.
            final byte[] question = new byte[i % 10 == 0 ? LONGEST : 20 + random.nextInt(1_000)];
            random.nextBytes(question);
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.setSoTimeout(TIMEOUT_MS);
                repeated +=
                        require(
                                socket,
                                new DatagramPacket(question, question.length, server, PORT));
            } catch (final SocketTimeoutException e) {
                throw new IOException(
                        "no answer to question %d of %d bytes; %d were repeated before"
                                .formatted(i, question.length, repeated),
                        e);
            }
        }
        System.out.println("answered " + count + ", repeated " + repeated);
    }

    /// Asks again as resolvers do; answers how often.
    private static int require(final DatagramSocket socket, final DatagramPacket question)
            throws IOException {
        final DatagramPacket answer = new DatagramPacket(new byte[LONGEST], LONGEST);
        for (int attempt = 1; ; attempt++) {
            socket.send(question);
            try {
                socket.receive(answer);
            } catch (final SocketTimeoutException e) {
                if (attempt == TRIES) {
                    throw e;
                }
                continue;
            }
            if (!Arrays.equals(
                    question.getData(), Arrays.copyOf(answer.getData(), answer.getLength()))) {
                throw new IOException("another answer than the question");
            }
            return attempt - 1;
        }
    }
}
