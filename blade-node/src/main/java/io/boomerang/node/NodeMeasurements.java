package io.boomerang.node;

import io.boomerang.backplane.RelayCounters;
import io.boomerang.backplane.RelayingBackplane;
import io.boomerang.backplane.udp.UdpBackplane;
import io.boomerang.backplane.udp.UdpCounters;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlInbox;
import io.boomerang.cluster.LinkCounters;
import io.boomerang.cluster.Member.Role;
import io.boomerang.node.admin.Measurements;
import io.boomerang.node.admin.Metric;

import java.util.Locale;

/// What every node measures, whatever its role.
final class NodeMeasurements {
    private NodeMeasurements() {}

    static void add(
            final Measurements into,
            final ClusterView view,
            final LinkCounters links,
            final ControlInbox inbox) {
        into.add(Metric.VIEW, view.id());
        for (final Role role : Role.values()) {
            into.add(
                    Metric.MEMBERS,
                    word(role),
                    view.members().stream().filter(member -> member.role() == role).count());
        }
        into.add(Metric.INBOX_DROPPED, inbox.dropped())
                .add(Metric.CLUSTER_LINKS_DOWN, "in", links.silentLinks())
                .add(Metric.CLUSTER_LINKS_DOWN, "out", links.deafLinks())
                .add(Metric.CLUSTER_RELAYED, "sent", links.sentByRelay())
                .add(Metric.CLUSTER_RELAYED, "sent-on", links.relayed())
                .add(Metric.CLUSTER_RELAYED, "received", links.cameByRelay());
    }

    static void add(
            final Measurements into, final UdpBackplane udp, final RelayingBackplane relay) {
        final UdpCounters datagrams = udp.counters();
        final RelayCounters relayed = relay.counters();
        into.add(Metric.BACKPLANE_REFUSED, "malformed", datagrams.refusedMalformed())
                .add(Metric.BACKPLANE_REFUSED, "untagged", datagrams.refusedUntagged())
                .add(Metric.BACKPLANE_REFUSED, "unknown-key", datagrams.refusedUnknownKey())
                .add(Metric.BACKPLANE_REFUSED, "wrong-tag", datagrams.refusedWrongTag())
                .add(Metric.BACKPLANE_REFUSED, "replayed", datagrams.refusedReplayed())
                .add(Metric.BACKPLANE_REFUSED, "stranger", relayed.refused())
                .add(Metric.BACKPLANE_RELAYED, relayed.relayed());
    }

    /// As logs and metrics name a constant.
    static String word(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
