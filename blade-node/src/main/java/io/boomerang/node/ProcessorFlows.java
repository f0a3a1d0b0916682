package io.boomerang.node;

import io.boomerang.blade.FlowAccounts;
import io.boomerang.cluster.Member;
import io.boomerang.node.admin.SessionEntry;

import java.util.function.Consumer;

/// Looks through a processor's flows, so few at a time that its packets do not wait long.
final class ProcessorFlows implements SessionLister {
    private static final int PLACES = 256;

    private final FlowAccounts accounts;
    private final Member self;

    ProcessorFlows(final FlowAccounts accounts, final Member self) {
        this.accounts = accounts;
        this.self = self;
    }

    @Override
    public long list(final long first, final long nowNs, final Consumer<SessionEntry> to) {
        return accounts.list(
                (int) first,
                PLACES,
                nowNs,
                account ->
                        to.accept(
                                new SessionEntry(
                                        account.ingressKey(),
                                        account.egressKey(),
                                        self.node(),
                                        account.flowId(),
                                        self.incarnation(),
                                        account.version(),
                                        account.phase(),
                                        "processed",
                                        account.live(),
                                        account.leftMs())));
    }

    @Override
    public boolean isOfNodeThread() {
        return true;
    }
}
