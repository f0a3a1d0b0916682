package io.boomerang.sim.command;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Random;

/// Questions and answers over UDP, one datagram each, as DNS has them: a program of its own, to be
/// run on hosts of a laboratory.
final class UdpProbe {
    private static final int PORT = 53;
    private static final int LONGEST = 4_000;
    private static final int TIMEOUT_MS = 1_000;
    private static final int TRIES = 5;

    private UdpProbe() {}

    /// `answer`, or `ask ADDRESS COUNT`: each question from a port of its own.
    public static void main(final String[] arguments) throws IOException {
        if (arguments[0].equals("answer")) {
            answer();
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
