package io.boomerang.node.admin;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.TcpPhase;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.Cidr;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.HashKey;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.NodeConfig;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// What each path of the endpoint answers. Any thread.
final class Endpoints {
    /// Sessions listed when nothing else is said, and at the most.
    private static final int USUAL_SESSIONS = 1_000;

    private static final int MOST_SESSIONS = 100_000;

    /// The only path that nobody has to show a token for: it is the same for every chassis.
    static final String PAGE = "/";

    /// What answers one path.
    ///
    /// @param method that is allowed
    /// @param parameters that it knows
    record Endpoint(String method, Set<String> parameters, Action action) {}

    /// Answers a request.
    @FunctionalInterface
    interface Action {
        AdminAnswer answer(Parameters parameters)
                throws RefusedException, NodeBusyException, InterruptedException;
    }

    private final ChassisConfig config;
    private final OperatedBlade blade;
    private final AnswerWriter writer;
    private final Map<String, Endpoint> byPath;

    Endpoints(final ChassisConfig config, final OperatedBlade blade, final ChassisPicture picture) {
        this.config = config;
        this.blade = blade;
        writer = new AnswerWriter(config);
        byPath =
                Map.ofEntries(
                        get("/status", this::status),
                        get(
                                "/sessions",
                                this::sessions,
                                "node",
                                "address",
                                "blade",
                                "phase",
                                "live",
                                "limit"),
                        get("/buckets", this::buckets),
                        get("/explain", this::explain, "flow"),
                        get("/metrics", this::metrics),
                        get("/chassis", parameters -> picture.chassis(status(parameters))),
                        get(PAGE, _ -> picture.page()),
                        get("/capture", this::captured),
                        post("/weight", this::weight, "node", "weight"),
                        post("/drain", this::drain, "node", "move"),
                        post("/rule", this::rule, "policy", "hash-key"),
                        post("/kill", this::kill),
                        post("/capture/begin", this::beginCapture, "flow", "also"),
                        post("/capture/end", this::endCapture));
    }

    private static Map.Entry<String, Endpoint> get(
            final String path, final Action action, final String... parameters) {
        return Map.entry(path, new Endpoint("GET", Set.of(parameters), action));
    }

    private static Map.Entry<String, Endpoint> post(
            final String path, final Action action, final String... parameters) {
        return Map.entry(path, new Endpoint("POST", Set.of(parameters), action));
    }

    /// What answers this path; null when nothing does.
    @Nullable Endpoint at(final String path) {
        return byPath.get(path);
    }

    private JsonText begin() {
        return new JsonText()
                .beginObject()
                .field("chassis", config.name())
                .field("blade", blade.name());
    }

    private AdminAnswer status(final Parameters parameters)
            throws NodeBusyException, InterruptedException {
        final JsonText json = begin();
        json.name("nodes").beginArray();
        for (final OperatedNode node : blade.nodes()) {
            writer.status(json, node.status());
        }
        return AdminAnswer.json(json.endArray().endObject());
    }

    private AdminAnswer metrics(final Parameters parameters)
            throws NodeBusyException, InterruptedException {
        final Exposition exposition = new Exposition();
        for (final OperatedNode node : blade.nodes()) {
            exposition.add(node.status());
        }
        return new AdminAnswer(Exposition.CONTENT_TYPE, exposition.toString());
    }

    // Flows

    private AdminAnswer sessions(final Parameters parameters)
            throws RefusedException, NodeBusyException, InterruptedException {
        final SessionQuery query = query(parameters);
        final int limit = parameters.number("limit", USUAL_SESSIONS, 1, MOST_SESSIONS);
        final JsonText json = begin();
        json.name("nodes").beginArray();
        for (final OperatedNode node : asked(parameters)) {
            final AtomicInteger count = new AtomicInteger();
            json.beginObject();
            json.field("name", node.config().name());
            json.field("role", AnswerWriter.word(node.config().role()));
            json.name("sessions").beginArray();
            node.sessions(
                    query,
                    entry -> {
                        if (count.getAndIncrement() < limit) {
                            writer.session(json, entry);
                        }
                    });
            json.endArray().field("count", count.get()).endObject();
        }
        return AdminAnswer.json(json.endArray().endObject());
    }

    private List<OperatedNode> asked(final Parameters parameters) throws RefusedException {
        return parameters.text("node") == null
                ? blade.nodes()
                : List.of(here(parameters.required("node")));
    }

    private SessionQuery query(final Parameters parameters) throws RefusedException {
        final String address = parameters.text("address");
        final String bladeName = parameters.text("blade");
        final String phase = parameters.text("phase");
        final String live = parameters.text("live");
        return new SessionQuery(
                address == null ? null : block(address),
                bladeName == null ? 0 : processor(bladeName),
                phase == null ? null : phase(phase),
                live == null ? null : flag("live", live));
    }

    private static Cidr block(final String address) throws RefusedException {
        try {
            return Cidr.parse(address);
        } catch (final IllegalArgumentException e) {
            throw Parameters.bad("address: " + e.getMessage());
        }
    }

    private int processor(final String name) throws RefusedException {
        for (final NodeConfig node : config.nodes()) {
            if (node.role() == Role.BLADE && isCalled(node, name)) {
                return node.node();
            }
        }
        throw Parameters.bad("blade: no processor is called " + name);
    }

    private static boolean isCalled(final NodeConfig node, final String name) {
        return node.name().equals(name)
                || node.blade().equals(name)
                || String.valueOf(node.node()).equals(name);
    }

    private static TcpPhase phase(final String word) throws RefusedException {
        return constant("phase", word, TcpPhase.values());
    }

    private static <E extends Enum<E>> E constant(
            final String name, final String word, final E[] constants) throws RefusedException {
        for (final E constant : constants) {
            if (AnswerWriter.word(constant).equals(word)) {
                return constant;
            }
        }
        throw Parameters.bad(
                name
                        + " '"
                        + word
                        + "' is none of "
                        + String.join(
                                ", ",
                                List.of(constants).stream().map(AnswerWriter::word).toList()));
    }

    private static boolean flag(final String name, final String text) throws RefusedException {
        if (!text.equals("true") && !text.equals("false")) {
            throw Parameters.bad(name + " '" + text + "' is neither true nor false");
        }
        return text.equals("true");
    }

    private AdminAnswer explain(final Parameters parameters)
            throws RefusedException, NodeBusyException, InterruptedException {
        final FlowKey key = parameters.flow("flow");
        final JsonText json = begin();
        json.field("flow", key.toString());
        json.name("nodes").beginArray();
        for (final OperatedNode node : blade.nodes()) {
            json.beginObject();
            json.field("name", node.config().name());
            json.field("role", AnswerWriter.word(node.config().role()));
            writer.report(json, node.explain(key));
            json.endObject();
        }
        return AdminAnswer.json(json.endArray().endObject());
    }

    private AdminAnswer buckets(final Parameters parameters)
            throws NodeBusyException, InterruptedException {
        final JsonText json = begin();
        json.name("nodes").beginArray();
        for (final OperatedNode node : blade.nodes()) {
            final Optional<BucketTableUpdate> buckets = node.buckets();
            if (buckets.isPresent()) {
                json.beginObject().field("name", node.config().name());
                writer.buckets(json, buckets.get());
                json.endObject();
            }
        }
        return AdminAnswer.json(json.endArray().endObject());
    }

    // Captures

    private AdminAnswer beginCapture(final Parameters parameters)
            throws RefusedException, NodeBusyException, InterruptedException {
        final FlowKey key = parameters.flow("flow");
        final List<FlowKey> keys =
                parameters.text("also") == null
                        ? List.of(key)
                        : List.of(key, parameters.flow("also"));
        for (final OperatedNode node : blade.nodes()) {
            if (!node.beginCapture(keys)) {
                throw new RefusedException(
                        RefusedException.CONFLICT,
                        "somebody captures at " + node.config().name() + " already");
            }
        }
        return AdminAnswer.json(begin().field("flow", key.toString()).endObject());
    }

    private AdminAnswer captured(final Parameters parameters)
            throws NodeBusyException, InterruptedException {
        final JsonText json = begin();
        json.name("nodes").beginArray();
        for (final OperatedNode node : blade.nodes()) {
            final CaptureBatch batch = node.captured();
            json.beginObject().field("name", node.config().name()).field("lost", batch.lost());
            json.name("frames").beginArray();
            for (final CapturedFrame frame : batch.frames()) {
                json.beginObject();
                json.field("point", frame.point());
                json.field("at_ns", frame.atNs());
                json.field("peer", frame.peer());
                json.field("note", frame.note());
                json.field("frame", frame.base64());
                json.endObject();
            }
            json.endArray().endObject();
        }
        return AdminAnswer.json(json.endArray().endObject());
    }

    private AdminAnswer endCapture(final Parameters parameters)
            throws NodeBusyException, InterruptedException {
        for (final OperatedNode node : blade.nodes()) {
            node.endCapture();
        }
        return AdminAnswer.json(begin().endObject());
    }

    // Changes

    private AdminAnswer weight(final Parameters parameters)
            throws RefusedException, NodeBusyException, InterruptedException {
        parameters.required("weight");
        return weigh(
                parameters.required("node"),
                parameters.number("weight", 0, 0, BucketTableUpdate.MAX_WEIGHT),
                false);
    }

    private AdminAnswer drain(final Parameters parameters)
            throws RefusedException, NodeBusyException, InterruptedException {
        return weigh(parameters.required("node"), 0, parameters.number("move", 0, 0, 1) == 1);
    }

    private AdminAnswer weigh(final String name, final int weight, final boolean moves)
            throws RefusedException, NodeBusyException, InterruptedException {
        for (final OperatedNode node : blade.nodes()) {
            if (isCalled(node.config(), name) && node.weigh(weight, moves)) {
                return AdminAnswer.json(
                        begin().field("name", node.config().name())
                                .field("weight", weight)
                                .field("moves", moves)
                                .endObject());
            }
        }
        throw new RefusedException(
                RefusedException.CONFLICT,
                here(name).config().name()
                        + " is a redirector and has no weight; it is drained by the end of its"
                        + " daemon (SIGTERM)");
    }

    private AdminAnswer rule(final Parameters parameters)
            throws RefusedException, NodeBusyException, InterruptedException {
        final DesiredRule desired = desired(parameters);
        for (final OperatedNode node : blade.nodes()) {
            if (node.changeRule(desired)) {
                return AdminAnswer.json(begin().field("name", node.config().name()).endObject());
            }
        }
        throw new RefusedException(
                RefusedException.CONFLICT,
                "no node of blade " + blade.name() + " is a redirector; ask one of those");
    }

    private static DesiredRule desired(final Parameters parameters) throws RefusedException {
        final String policy = parameters.text("policy");
        final String hashKey = parameters.text("hash-key");
        if (policy == null && hashKey == null) {
            throw Parameters.bad("policy and hash-key are missing; one of them is needed");
        }
        try {
            return new DesiredRule(
                    policy == null ? null : policy(policy),
                    hashKey == null ? null : HashKey.parse(hashKey));
        } catch (final IllegalArgumentException e) {
            throw Parameters.bad("hash-key: " + e.getMessage());
        }
    }

    private static SelectionPolicy policy(final String word) throws RefusedException {
        return constant("policy", word, SelectionPolicy.values());
    }

    private OperatedNode here(final String name) throws RefusedException {
        for (final OperatedNode node : blade.nodes()) {
            if (isCalled(node.config(), name)) {
                return node;
            }
        }
        throw new RefusedException(
                RefusedException.NOT_FOUND,
                "no node of blade " + blade.name() + " is called " + name);
    }

    private AdminAnswer kill(final Parameters parameters) {
        return AdminAnswer.json(begin().field("killed", true).endObject()).andThen(blade::kill);
    }
}
