package io.boomerang.cluster;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DecodeResult;
import io.boomerang.announce.FormatRange;
import io.boomerang.announce.MessageCodec;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.TcpPhase;
import io.boomerang.cluster.JGroupsConfig.Stack;
import io.boomerang.cluster.key.ChassisKey;
import io.boomerang.cluster.key.KeyHolder;
import io.boomerang.flow.FlowKey;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// One member of a cluster in a process of its own. Does what standard input says and tells what
/// happens, in lines that begin with `@`.
///
/// Arguments: node, port, the ports of all members, key file, newest format it reads, digest of its
/// parameters in hexadecimal digits.
final class MemberMain implements ClusterListener {
    private static final int BURST = 20;
    private static final long PAUSE_NS = 2_000_000L;

    private final Queue<String> commands = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Heard> heard = new ConcurrentHashMap<>();
    private final KeyHolder key;
    private final JGroupsChannel channel;
    private final BatchingSender sender;

    private int floodedNode;
    private long sent;

    /// What came from one member.
    private static final class Heard {
        final AtomicLong announcements = new AtomicLong();
        final AtomicLong outOfOrder = new AtomicLong();
    }

    private MemberMain(final String[] arguments) throws IOException {
        final int node = Integer.parseInt(arguments[0]);
        final InetAddress loopback = InetAddress.getLoopbackAddress();
        final List<InetSocketAddress> hosts =
                Arrays.stream(arguments[2].split(","))
                        .map(port -> new InetSocketAddress(loopback, Integer.parseInt(port)))
                        .toList();
        key = KeyHolder.watch(Path.of(arguments[3]), new char[0]);
        channel =
                new JGroupsChannel(
                        new JGroupsConfig(
                                "processes",
                                Stack.TCP,
                                loopback,
                                Integer.parseInt(arguments[1]),
                                0,
                                hosts,
                                key),
                        new Member(
                                node,
                                "node-" + node,
                                Member.Role.BLADE,
                                1,
                                Long.parseUnsignedLong(arguments[5], 16),
                                new FormatRange(1, Integer.parseInt(arguments[4]))));
        sender = new BatchingSender(channel);
    }

    public static void main(final String[] arguments) throws IOException {
        final MemberMain member = new MemberMain(arguments);
        Thread.ofPlatform().daemon().start(member::readCommands);
        try {
            member.channel.connect(member);
            member.run();
        } catch (final JoinRefusedException e) {
            say("refused: " + e.getMessage());
        }
        member.key.close();
    }

    private static synchronized void say(final String line) {
        System.out.println("@ " + line);
        System.out.flush();
    }

    private void readCommands() {
        try (BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            input.lines().forEach(commands::add);
        } catch (final IOException _) {
            // whoever started this process is gone
        }
        commands.add("quit");
    }

    private void run() {
        while (true) {
            final String command = commands.poll();
            if (command != null) {
                final String[] words = command.split(" ", -1);
                switch (words[0]) {
                    case "flood" -> floodedNode = Integer.parseInt(words[1]);
                    case "stop" -> {
                        floodedNode = 0;
                        say("sent " + sent);
                    }
                    case "stale" ->
                            sender.send(
                                    Integer.parseInt(words[1]),
                                    new Acknowledgement(7, 1, 0, Outcome.STALE, 9));
                    case "heard" -> tellHeard(Integer.parseInt(words[1]));
                    case "key" -> tellKey(key.key());
                    case "refusals" -> say("refusals " + channel.connectionsRefused());
                    case "quit" -> {
                        channel.close();
                        return;
                    }
                    default -> throw new IllegalArgumentException(command);
                }
            }
            for (int i = 0; floodedNode != 0 && i < BURST; i++) {
                sender.send(floodedNode, announcement(++sent));
            }
            sender.flush();
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private void tellHeard(final int from) {
        final Heard of = heard.getOrDefault(from, new Heard());
        say("heard " + of.announcements + " out of order " + of.outOfOrder);
    }

    private static void tellKey(final ChassisKey now) {
        say("key " + now.fingerprint() + " trusts " + now.trustedFingerprints().size());
    }

    private SessionAnnouncement announcement(final long number) {
        final FlowKey flow = new FlowKey();
        flow.setIpv4(6, FlowKey.KIND_PORTS, 0x0A000001, 80, 0xC0000201, (int) number & 0xFFFF, 0);
        return new SessionAnnouncement(
                Kind.OPEN,
                flow,
                flow,
                number,
                channel.self().node(),
                1,
                0,
                1_000,
                TcpPhase.EMBRYONIC);
    }

    @Override
    public void onMessage(
            final int fromNode, final byte[] buffer, final int offset, final int length) {
        final DecodeResult result =
                MessageCodec.decode(buffer, offset, length, channel.self().formats());
        if (!(result instanceof DecodeResult.Decoded(var messages))) {
            say("cannot read " + result.describe());
            return;
        }
        final Heard of = heard.computeIfAbsent(fromNode, _ -> new Heard());
        for (final ControlMessage message : messages) {
            switch (message) {
                case SessionAnnouncement announcement -> {
                    if (of.announcements.incrementAndGet() != announcement.flowId()) {
                        of.outOfOrder.incrementAndGet();
                    }
                }
                case Acknowledgement acknowledgement ->
                        say("from " + fromNode + " holder " + acknowledgement.holder());
                default -> say("unexpected " + message);
            }
        }
    }

    @Override
    public void onView(final ClusterView view) {
        say(
                "view "
                        + view.members().stream()
                                .map(member -> Integer.toString(member.node()))
                                .collect(Collectors.joining(" ")));
    }
}
