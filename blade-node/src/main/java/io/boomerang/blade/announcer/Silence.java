package io.boomerang.blade.announcer;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.DesiredWeight;
import io.boomerang.announce.DigestDifference;
import io.boomerang.announce.EpochInstalled;
import io.boomerang.announce.FlowMoved;
import io.boomerang.announce.FlowOffer;
import io.boomerang.announce.MoveOrder;
import io.boomerang.announce.MoveStep;
import io.boomerang.announce.OwnersChanged;
import io.boomerang.announce.RuleInstalled;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionDigests;
import io.boomerang.announce.SessionPage;
import io.boomerang.announce.SessionPull;
import io.boomerang.announce.StateAnswer;
import io.boomerang.announce.StateQuery;
import io.boomerang.announce.SteeringRule;
import io.boomerang.announce.TupleLease;
import io.boomerang.cluster.ControlSender;

import java.util.List;

/// A blade that keeps its sessions to itself: announces none, and says that it holds none when it
/// is asked. Only to see what announcements are good for: flows break with it.
public final class Silence implements ControlSender {
    private final ControlSender control;

    public Silence(final ControlSender control) {
        this.control = control;
    }

    @Override
    public void send(final int node, final ControlMessage message) {
        switch (message) {
            case SessionAnnouncement _, FlowMoved _, DigestDifference _ -> {}
            case StateAnswer(long queryId, _) -> control.send(node, new StateAnswer(queryId, null));
            case SessionPage(int pullId, int cursor, int next, int epoch, _) ->
                    control.send(node, new SessionPage(pullId, cursor, next, epoch, List.of()));
            case Acknowledgement _,
                    StateQuery _,
                    BucketTableUpdate _,
                    EpochInstalled _,
                    SessionPull _,
                    OwnersChanged _,
                    DesiredWeight _,
                    FlowOffer _,
                    MoveStep _,
                    MoveOrder _,
                    TupleLease _,
                    SessionDigests _,
                    SteeringRule _,
                    RuleInstalled _,
                    DesiredRule _ ->
                    control.send(node, message);
        }
    }

    @Override
    public void broadcast(final ControlMessage message) {
        control.broadcast(message);
    }
}
