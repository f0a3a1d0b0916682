package io.boomerang.sim.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/// What happens to a chassis while clients download: each change is made when so many downloads are
/// done.
final class ChassisChanges {
    private final AtomicInteger done = new AtomicInteger();
    private final List<FutureTask<Boolean>> changes = new ArrayList<>();

    /// A change of the chassis that cannot go wrong for another reason than the chassis.
    interface Change {
        void make() throws Exception;
    }

    ChassisChanges after(final int downloads, final Change change) {
        final FutureTask<Boolean> task =
                new FutureTask<>(() -> {
                    UpCommandIT.eventually().until(() -> done.get() >= downloads);
                    change.make();
                    return true;
                });
        changes.add(task);
        Thread.ofPlatform().daemon().start(task);
        return this;
    }

    /// Counts the downloads.
    AtomicInteger done() {
        return done;
    }

    /// Waits for the last change; throws what went wrong with any of them.
    void await() throws InterruptedException, ExecutionException {
        for (final FutureTask<Boolean> change : changes) {
            change.get();
        }
    }
}
