package io.boomerang.node.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What is wrong with a file, gathered so that its author hears everything at once.
final class Complaints {
    private final String file;
    private final List<Complaint> complaints = new ArrayList<>();

    private record Complaint(Place place, String message) {}

    /// A place in a text file, both counted from 1.
    record Place(int line, int column) {
        static final Place START = new Place(1, 1);
    }

    /// @param file what the file is called
    Complaints(final String file) {
        this.file = file;
    }

    void add(final Place place, final String message) {
        complaints.add(new Complaint(place, message));
    }

    boolean isEmpty() {
        return complaints.isEmpty();
    }

    /// @throws ConfigException if there is something to complain of
    void throwIfAny() throws ConfigException {
        if (complaints.isEmpty()) {
            return;
        }
        final Comparator<Complaint> inOrder =
                Comparator.<Complaint>comparingInt(complaint -> complaint.place.line)
                        .thenComparingInt(complaint -> complaint.place.column);
        throw new ConfigException(
                complaints.stream()
                        .sorted(inOrder)
                        .map(complaint ->
                                file
                                        + ":"
                                        + complaint.place.line
                                        + ":"
                                        + complaint.place.column
                                        + ": "
                                        + complaint.message)
                        .toList());
    }
}
