package io.boomerang.cluster;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Keeps everything it hears, as text.
final class RecordingListener implements ClusterListener {
    private final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void onMessage(
            final int fromNode, final byte[] buffer, final int offset, final int length) {
        events.add(fromNode + ":" + new String(buffer, offset, length, StandardCharsets.US_ASCII));
    }

    @Override
    public void onView(final ClusterView view) {
        events.add("view " + view.members().stream().map(Member::node).toList());
    }

    List<String> events() {
        return events;
    }

    List<String> messages() {
        return events.stream().filter(event -> !event.startsWith("view")).toList();
    }

    List<String> views() {
        return events.stream().filter(event -> event.startsWith("view")).toList();
    }
}
