package io.boomerang.sim.command;

import io.boomerang.cluster.Member.Role;
import io.boomerang.node.admin.AdminClient;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.NodeConfig;
import io.boomerang.sim.report.JsonTree;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The daemons of a chassis, asked all at once.
final class Daemons implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ChassisConfig config;
    private final AdminClient client;

    Daemons(final ChassisConfig config) {
        this.config = config;
        client = new AdminClient(config.admin().token(), PATIENCE);
    }

    ChassisConfig config() {
        return config;
    }

    /// What the daemon of each blade answers, in the order of the chassis file.
    List<DaemonAnswer> get(final String path) throws InterruptedException {
        return get(config.bladeNames(), path);
    }

    /// The same of some blades.
    ///
    /// Daemons that listen on their own loopback have one address, as seen from here, and the one
    /// that answers says whose it is.
    List<DaemonAnswer> get(final List<String> blades, final String path)
            throws InterruptedException {
        final Map<InetSocketAddress, Future<DaemonAnswer>> byAddress = new HashMap<>();
        final List<DaemonAnswer> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            final List<@Nullable Future<DaemonAnswer>> asked = new ArrayList<>();
            for (final String blade : blades) {
                final InetSocketAddress address = config.admin().addressOf(blade);
                asked.add(
                        address == null
                                ? null
                                : byAddress.computeIfAbsent(
                                        address,
                                        there ->
                                                threads.submit(
                                                        task(
                                                                blade,
                                                                () -> client.get(there, path)))));
            }
            for (int i = 0; i < blades.size(); i++) {
                final Future<DaemonAnswer> answer = asked.get(i);
                answers.add(
                        answer == null
                                ? unreachable(blades.get(i))
                                : ofBlade(blades.get(i), answer));
            }
        }
        return answers;
    }

    private DaemonAnswer ofBlade(final String blade, final Future<DaemonAnswer> asked)
            throws InterruptedException {
        final DaemonAnswer answer;
        try {
            answer = asked.get();
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        final String answered = answer.json().text("blade");
        if (!answer.isGood() || answered.equals(blade)) {
            return answer.isGood() ? answer : failure(blade, answer.error());
        }
        final InetSocketAddress address = config.admin().addressOf(blade);
        return failure(
                blade,
                address != null && address.getAddress().isLoopbackAddress()
                        ? "listens on its own loopback only; ask there"
                        : "at its address answers " + answered);
    }

    private static DaemonAnswer unreachable(final String blade) {
        return failure(blade, "listens nowhere, says the chassis file");
    }

    private static DaemonAnswer failure(final String blade, final String error) {
        return new DaemonAnswer(blade, JsonTree.failure(blade, error), error);
    }

    /// Has a daemon change something.
    DaemonAnswer post(final String blade, final String path) throws InterruptedException {
        final InetSocketAddress address = config.admin().addressOf(blade);
        if (address == null) {
            return unreachable(blade);
        }
        try {
            return task(blade, () -> client.post(address, path)).call();
        } catch (final InterruptedException e) {
            throw e;
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Callable<DaemonAnswer> task(
            final String blade, final Callable<AdminClient.Answer> question) {
        return () -> {
            try {
                final AdminClient.Answer answer = question.call();
                final JsonTree json = JsonTree.parse(answer.body());
                return answer.isGood()
                        ? new DaemonAnswer(blade, json, "")
                        : failure(blade, json.text("error"));
            } catch (final SocketTimeoutException _) {
                return failure(blade, "does not answer");
            } catch (final ConnectException _) {
                return failure(blade, "nothing listens there");
            } catch (final IOException e) {
                return failure(blade, String.valueOf(e.getMessage()));
            }
        };
    }

    /// The node that an operator calls so: by its name, its id or, where that is one node only, by
    /// the name of its blade.
    ///
    /// @throws IllegalArgumentException with a message for users when there is none, or not one
    NodeConfig node(final String name) {
        final List<NodeConfig> ofBlade = new ArrayList<>();
        for (final NodeConfig node : config.nodes()) {
            if (node.name().equals(name) || String.valueOf(node.node()).equals(name)) {
                return node;
            }
            if (node.blade().equals(name)) {
                ofBlade.add(node);
            }
        }
        if (ofBlade.isEmpty()) {
            throw new IllegalArgumentException(
                    "no node is called "
                            + name
                            + "; there are "
                            + String.join(
                                    ", ", config.nodes().stream().map(NodeConfig::name).toList()));
        }
        throw new IllegalArgumentException(
                name
                        + " runs "
                        + String.join(" and ", ofBlade.stream().map(NodeConfig::name).toList())
                        + "; name one of them");
    }

    /// The processor that an operator calls so; also by its blade's name beside a redirector.
    ///
    /// @throws IllegalArgumentException with a message for users when there is none
    NodeConfig processor(final String name) {
        for (final NodeConfig node : config.nodes()) {
            if (node.role() == Role.BLADE && node.blade().equals(name)) {
                return node;
            }
        }
        final NodeConfig node = node(name);
        if (node.role() != Role.BLADE) {
            throw new IllegalArgumentException(
                    node.name() + " is a redirector; only processors have weights and are drained");
        }
        return node;
    }

    /// The blades that have a redirector, in the order of the chassis file.
    List<String> redirectorBlades() {
        return config.nodes().stream()
                .filter(node -> node.role() != Role.BLADE)
                .map(NodeConfig::blade)
                .distinct()
                .toList();
    }

    @Override
    public void close() {
        client.close();
    }
}
