package io.boomerang.sim.measure;

import io.boomerang.sim.lab.InstalledCommands;
import io.boomerang.sim.lab.Lab;
import io.boomerang.sim.lab.LabException;
import io.boomerang.sim.lab.LabPlan;
import io.boomerang.sim.lab.ReferenceNetwork;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Measures how many new flows a second conntrackd of the conntrack-tools tells the one of another
/// host, and how long that takes, in its reliable mode (FTFW) between two network namespaces.
public final class ConntrackdRate {
    private static final String DAEMON = "conntrackd";
    private static final String FROM = "10.99.0.1";
    private static final String TO = "10.99.0.2";

    private static final Path MOST_TRACKED = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");
    private static final int MOST_FLOWS = 200_000;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final List<String> program;
    private final int seconds;
    private final long perSecond;

    /// @param program starts this one's hidden command `measure spawn`, when its name and arguments
    ///   are added
    /// @param seconds of each of the two parts, or until so many flows are made as the kernel
    ///   tracks
    /// @param perSecond flows, while the latency is measured
    public ConntrackdRate(final List<String> program, final int seconds, final long perSecond) {
        this.program = List.copyOf(program);
        this.seconds = seconds;
        this.perSecond = perSecond;
    }

    /// Why it cannot be measured here; empty when it can.
    public static String obstacle() {
        final List<String> missing = InstalledCommands.missingOf(List.of(DAEMON, "ip", "nft"));
        if (!missing.isEmpty()) {
            return "not installed: " + String.join(", ", missing);
        }
        return Lab.isPrivileged() ? "" : "network namespaces need root";
    }

    /// Builds the two hosts, measures and takes them down, for each part anew: what ends the flows
    /// of one would be work in the other.
    ///
    /// @throws LabException when that cannot be done here
    public AnnouncementRate.Result measure()
            throws IOException, InterruptedException, LabException {
        final int most = mostFlows();
        return new AnnouncementRate.Result(
                measure(most, AnnouncingBlade.MOST),
                measure((int) Math.min(most, perSecond * seconds), perSecond));
    }

    private Figure measure(final int flows, final long rate)
            throws IOException, InterruptedException, LabException {
        final Lab lab = new Lab("ct" + ProcessHandle.current().pid());
        lab.build(ReferenceNetwork.CABLE);
        try {
            Files.createDirectories(lab.directory());
            network(lab);
            start(lab, LabPlan.CLIENT, FROM, TO);
            start(lab, LabPlan.SERVER, TO, FROM);
            return spawn(lab, flows, rate);
        } finally {
            lab.remove();
        }
    }

    private static void network(final Lab lab) throws IOException, InterruptedException {
        ip(lab, LabPlan.CLIENT, "address", "add", FROM + "/24", "dev", LabPlan.CARD);
        ip(lab, LabPlan.CLIENT, "address", "add", FlowSpawner.SOURCE + "/32", "dev", LabPlan.CARD);
        ip(lab, LabPlan.CLIENT, "route", "add", FlowSpawner.NETWORK, "via", TO);
        ip(lab, LabPlan.SERVER, "address", "add", TO + "/24", "dev", LabPlan.CARD);
        run(
                lab,
                LabPlan.CLIENT,
                "nft",
                "table inet measured { chain out { type filter hook output priority 0;"
                        + " ct state new accept; }; }");
        run(lab, LabPlan.CLIENT, "sysctl", "-qw", "net.netfilter.nf_conntrack_udp_timeout=300");
    }

    private static void ip(final Lab lab, final String host, final String... arguments)
            throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(arguments));
        run(lab, host, command.toArray(String[]::new));
    }

    private static String run(final Lab lab, final String host, final String... command)
            throws IOException, InterruptedException {
        final Process process =
                new ProcessBuilder(lab.inside(host, List.of(command)))
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
        return output;
    }

    /// They end with the laboratory.
    private static void start(
            final Lab lab, final String host, final String own, final String other)
            throws IOException {
        final Path files = lab.directory().resolve(host);
        final Path configuration =
                Files.writeString(
                        lab.directory().resolve(host + ".conf"), configuration(own, other, files));
        final Path log = lab.logOf(host);
        final Process daemon =
                new ProcessBuilder(
                                lab.inside(host, List.of(DAEMON, "-C", configuration.toString())))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        final long startNs = System.nanoTime();
        while (!Files.exists(control(lab, host))) {
            if (!daemon.isAlive() || System.nanoTime() - startNs > LIMIT_NS) {
                throw new IOException(DAEMON + " does not start: " + Files.readString(log).strip());
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    /// Buffers and tables are as large as the flows of a measurement need.
    private static String configuration(final String own, final String other, final Path files) {
        return """
        Sync {
            Mode FTFW {
            }
            UDP {
                IPv4_address %1$s
                IPv4_Destination_Address %2$s
                Port 3780
                Interface %4$s
                SndSocketBuffer 8388608
                RcvSocketBuffer 8388608
                Checksum on
            }
        }
        General {
            HashSize 65536
            HashLimit 524288
            LogFile off
            Syslog off
            LockFile %3$s.lock
            UNIX {
                Path %3$s.ctl
            }
            NetlinkBufferSize 16777216
            NetlinkBufferSizeMaxGrowth 33554432
            Filter From Userspace {
                Protocol Accept {
                    UDP
                }
                Address Ignore {
                    IPv4_address %1$s
                    IPv4_address %2$s
                }
            }
        }
        """
                .formatted(own, other, files, LabPlan.CARD);
    }

    private static Path control(final Lab lab, final String host) {
        return lab.directory().resolve(host + ".ctl");
    }

    /// The kernel forgets no flow of a measurement before its end.
    private static int mostFlows() throws IOException {
        // Whole at once: what is read of such a file in parts ends after the first one.
        try (BufferedReader reader = Files.newBufferedReader(MOST_TRACKED)) {
            final String tracked = reader.readLine();
            return (int) Math.min(MOST_FLOWS, Long.parseLong(tracked) / 2);
        }
    }

    private Figure spawn(final Lab lab, final int flows, final long rate)
            throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(program);
        command.addAll(
                List.of(
                        "measure",
                        "spawn",
                        control(lab, LabPlan.SERVER).toString(),
                        Integer.toString(flows),
                        Long.toString(rate)));
        return Figure.parse(run(lab, LabPlan.CLIENT, command.toArray(String[]::new)).strip());
    }
}
