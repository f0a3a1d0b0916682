package io.boomerang.node.admin;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.blade.FlowAccount;
import io.boomerang.cluster.Member;
import io.boomerang.node.admin.Measurements.Sample;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.NodeConfig;
import io.boomerang.redirector.steering.BucketTable;
import io.boomerang.redirector.steering.Explanation;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/// Puts what nodes answer into JSON, with nodes by name. Any thread.
final class AnswerWriter {
    private final ChassisConfig config;

    AnswerWriter(final ChassisConfig config) {
        this.config = config;
    }

    /// What operators call a node; empty for node 0.
    private String name(final int node) {
        return node == 0 ? "" : config.nodeName(node);
    }

    static String word(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String hex(final long flowId) {
        return String.format(Locale.ROOT, "%016x", flowId);
    }

    void status(final JsonText json, final NodeStatus status) {
        json.beginObject();
        json.field("name", status.self().name());
        json.field("node", status.self().node());
        json.field("role", word(status.self().role()));
        json.field("incarnation", status.self().incarnation());
        json.field("state", word(status.state()));
        json.field("weight", status.weight());
        rule(json.name("rule"), status);
        json.field("uptime_ms", status.uptimeMs());
        json.name("view").beginObject().field("id", status.view().id());
        json.name("members").beginArray();
        for (final Member member : status.view().members()) {
            json.beginObject();
            json.field("name", member.name());
            json.field("node", member.node());
            json.field("role", word(member.role()));
            json.field("incarnation", member.incarnation());
            json.endObject();
        }
        json.endArray().endObject();
        metrics(json.name("metrics"), status.measurements());
        json.endObject();
    }

    /// Without the hash key, which is a secret.
    private static void rule(final JsonText json, final NodeStatus status) {
        json.beginObject();
        json.field("epoch", status.rule().epoch());
        json.field("hash_key", status.rule().hashKey() == null ? "configured" : "changed");
        if (status.self().role() != Member.Role.BLADE) {
            json.field("policy", word(status.rule().policy()));
            json.field("settled", status.ruleSettled());
        }
        json.endObject();
    }

    private static void metrics(final JsonText json, final Measurements measurements) {
        json.beginObject();
        @Nullable Metric open = null;
        for (final Sample sample : measurements.samples()) {
            if (open != null && sample.metric() != open) {
                json.endObject();
                open = null;
            }
            if (sample.label().isEmpty()) {
                json.name(sample.metric().exposedName()).value(sample.value());
                continue;
            }
            if (open == null) {
                json.name(sample.metric().exposedName()).beginObject();
                open = sample.metric();
            }
            json.name(sample.label()).value(sample.value());
        }
        if (open != null) {
            json.endObject();
        }
        json.endObject();
    }

    void session(final JsonText json, final SessionEntry entry) {
        json.beginObject();
        json.field("flow", entry.key().toString());
        if (!entry.egressKey().equals(entry.key())) {
            json.field("egressFlow", entry.egressKey().toString());
        }
        json.field("blade", name(entry.blade()));
        json.field("incarnation", entry.incarnation());
        json.field("version", entry.version());
        json.field("flowId", hex(entry.flowId()));
        json.field("phase", word(entry.phase()));
        json.field("origin", entry.origin());
        json.field("live", entry.live());
        json.field("leaseMs", entry.leftMs());
        json.endObject();
    }

    void buckets(final JsonText json, final BucketTableUpdate update) {
        final BucketTable table = BucketTable.fromUpdate(update);
        json.field("epoch", table.epoch());
        json.field("buckets", table.bucketCount());
        json.name("blades").beginArray();
        for (final NodeConfig node : config.nodes()) {
            final int blade = node.node();
            final Integer weight = update.weightByBlade().get(blade);
            if (table.bucketsOf(blade) == 0 && weight == null) {
                continue;
            }
            json.beginObject();
            json.field("name", node.name());
            json.field("buckets", table.bucketsOf(blade));
            json.name("weight");
            if (weight == null) {
                json.nullValue();
            } else {
                json.value(weight);
            }
            json.endObject();
        }
        json.endArray();
    }

    void report(final JsonText json, final FlowReport report) {
        switch (report) {
            case FlowReport.OfRedirector(var explanation) -> redirector(json, explanation);
            case FlowReport.OfProcessor(var account) -> processor(json, account);
        }
    }

    private void redirector(final JsonText json, final Explanation explanation) {
        final Explanation.KnownSession session = explanation.session();
        json.name("session");
        if (session == null) {
            json.nullValue();
        } else {
            json.beginObject();
            json.field("blade", name(session.blade()));
            json.field("flowId", hex(session.flowId()));
            json.field("incarnation", session.incarnation());
            json.field("version", session.version());
            json.field("origin", word(session.origin()));
            json.field("phase", word(session.phase()));
            json.field("live", session.live());
            json.endObject();
        }
        json.field("bucket", explanation.bucket());
        json.field("bucketBlade", name(explanation.bucketBlade()));
        json.field("epoch", explanation.epoch());
        json.field("owner", name(explanation.owner()));
        json.field("backup", name(explanation.backup()));
    }

    private void processor(final JsonText json, final @Nullable FlowAccount account) {
        json.name("flow");
        if (account == null) {
            json.nullValue();
            return;
        }
        json.beginObject();
        json.field("ingressFlow", account.ingressKey().toString());
        json.field("egressFlow", account.egressKey().toString());
        json.field("flowId", hex(account.flowId()));
        json.field("version", account.version());
        json.field("phase", word(account.phase()));
        json.field("openedFrom", word(account.openingSide()));
        json.field("live", account.live());
        json.field("announced", account.announced());
        json.name("announcedTo").beginArray();
        for (final int node : new int[] {account.ingressOwner(), account.egressOwner()}) {
            if (node != 0) {
                json.value(name(node));
            }
        }
        json.endArray();
        json.field("idleMs", account.idleMs());
        json.field("leftMs", account.leftMs());
        json.endObject();
    }
}
