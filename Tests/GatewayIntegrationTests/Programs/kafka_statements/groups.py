"""Consumer groups."""

import concurrent.futures
import time

from kafka_peers import Failure, Out
from kafka_statements import statement

ALL = {0, 1, 2, 3}


def spread(count, first=0):
    return [Out(b"%d" % number, key=b"key-%d" % (number % 23)) for number in range(first, first + count)]


def numbers(records):
    return [int(record.value) for record in records]


def poll_all(members):
    """Polls all at once, as members in processes of their own would be; gives each one's records."""
    with concurrent.futures.ThreadPoolExecutor(len(members)) as pool:
        return list(pool.map(lambda member: member.poll(0.3), members))


def gather(scene, members, count, seconds=40):
    """Polls the members in turn until they have `count` records between them; gives each one's."""
    found, deadline = [[] for _ in members], time.monotonic() + seconds
    while sum(map(len, found)) < count:
        if time.monotonic() > deadline:
            raise Failure(f"{[len(each) for each in found]} of {count} records after {seconds} s")
        for mine, new in zip(found, poll_all(members)):
            mine += new
    return found


def settle(scene, members, what, condition, seconds=30):
    """Polls the members until they share the partitions so; gives the seconds it took and what they read meanwhile."""
    begin, found = time.monotonic(), []
    while not condition([member.assignment() for member in members]):
        if time.monotonic() - begin > seconds:
            raise Failure(f"{what}: {[member.assignment() for member in members]} after {seconds} s")
        for new in poll_all(members):
            found += new
    return time.monotonic() - begin, found


def positions(records):
    """The next offsets by partition after these records."""
    return {record.partition: record.offset + 1 for record in sorted(records, key=lambda record: record.offset)}


@statement
def members(scene):
    """Two members share a topic, then one leaves: every record once, and leaving needs no session timeout."""
    topic, group = scene.topic(), scene.unique("group")
    first = scene.consumer(topic, group=group)
    alone, _ = settle(scene, [first], "the first member has all", lambda shares: shares[0] == ALL)
    second = scene.consumer(topic, group=group, by=scene.other())
    shared, _ = settle(scene, [first, second], "two members have two each",
                       lambda shares: all(len(share) == 2 for share in shares) and shares[0] | shares[1] == ALL)
    scene.peer.produce(topic, spread(400))
    one, two = gather(scene, [first, second], 400)
    scene.equal("records of both", sorted(numbers(one + two)), list(range(400)))
    scene.equal("both read", bool(one) and bool(two), True)
    scene.equal("partitions that both read", {r.partition for r in one} & {r.partition for r in two}, set())
    first.commit(positions(one))
    second.commit(positions(two))
    time.sleep(0.3 if scene.client == "kcat" else 0)  # kcat commits every 0.1 s, and only by itself
    second.close()
    left, found = settle(scene, [first], "the member that stays has all", lambda shares: shares[0] == ALL)
    scene.equal(f"seconds to take over after the other left, below 8: {left:.1f}", left < 8, True)
    scene.peer.produce(topic, spread(200, 400))
    found += gather(scene, [first], 200 - len(found))[0]
    scene.equal("records after it left", sorted(numbers(found)), list(range(400, 600)))
    return f"alone {alone:.1f} s, shared {shared:.1f} s, left {left:.1f} s"


@statement
def lost_member(scene):
    """A member that ends without a word is dropped after its session timeout."""
    topic, group = scene.topic(), scene.unique("group")
    first, second = scene.consumer(topic, group=group), scene.consumer(topic, group=group, by=scene.other())
    settle(scene, [first, second], "two members have two each",
           lambda shares: all(len(share) == 2 for share in shares) and shares[0] | shares[1] == ALL)
    second.process.kill()
    left, _ = settle(scene, [first], "the member that stays has all", lambda shares: shares[0] == ALL)
    scene.equal(f"seconds, 6 to 16: {left:.1f}", 6 < left < 16, True)


@statement
def resume(scene):
    """A member commits and ends; the next one goes on there."""
    topic, group = scene.topic(), scene.unique("group")
    scene.peer.produce(topic, spread(100))
    first = scene.consumer(topic, group=group)
    read = scene.read(first, 100)
    first.commit(positions(read))
    if scene.client != "kcat":
        scene.equal("committed", first.committed(ALL), positions(read))
    first.close()
    scene.peer.produce(topic, spread(50, 100))
    second = scene.consumer(topic, group=group, by=scene.other())
    scene.equal("records behind the commit", sorted(numbers(scene.read(second, 50))), list(range(100, 150)))
    scene.quiet(second)
    second.commit({number: offset for number, offset in scene.admin.end_offsets(topic).items() if offset})
    second.close()
    offsets = scene.admin.group_offsets(group)
    ends = {(topic, number): offset for number, offset in scene.admin.end_offsets(topic).items() if offset}
    scene.equal("the group's offsets, as the admin client sees them", offsets, ends)


@statement
def commit_before_restart(scene):
    """First half of `resume-after-restart`: the gateway is stopped or killed between the two."""
    topic, group = scene.topic(), scene.unique("group")
    scene.peer.produce(topic, spread(200))
    member = scene.consumer(topic, group=group)
    read = []
    while len(read) < 80:
        read += scene.read(member, 20)
    if scene.client == "kcat":
        read += gather(scene, [member], 200 - len(read))[0]
        member.close()
    else:
        member.commit(positions(read))
    saved = {"topic": topic, "group": group, "read": numbers(read), "next": list(positions(read).items())}
    scene.save("restart", saved)


@statement
def resume_after_restart(scene):
    saved = scene.load("restart")
    topic, read = saved["topic"], saved["read"]
    scene.equal("the topic's records", sum(scene.peer.end_offsets(topic).values()), 200)
    committed = {(topic, number): offset for number, offset in scene.admin.group_offsets(saved["group"]).items()}
    wanted = {(topic, (topic, number)): offset for number, offset in saved["next"]}
    scene.equal("committed offsets", {place: committed.get(place) for place in wanted}, wanted)
    scene.peer.produce(topic, spread(30, 200))
    member = scene.consumer(topic, group=saved["group"])
    rest = scene.read(member, 230 - len(read), 60)
    scene.equal("records of both halves", sorted(read + numbers(rest)), list(range(230)))


@statement
def static_member(scene):
    """A member with an instance id that comes back within its session timeout disturbs nobody."""
    topic, group = scene.topic(), scene.unique("group")
    first = scene.consumer(topic, group=group, instance="one")
    second = scene.consumer(topic, group=group, instance="two", by=scene.other())
    settle(scene, [first, second], "two members have two each",
           lambda shares: all(len(share) == 2 for share in shares) and shares[0] | shares[1] == ALL)
    shares = first.assignment(), second.assignment()
    second.close()
    again = scene.consumer(topic, group=group, instance="two", by=scene.other())
    changed = []

    def settled(now):
        changed.extend(share for share in now[:1] if share != shares[0])
        return now[1] == shares[1]

    settle(scene, [first, again], "the one that came back has its partitions", settled)
    scene.equal("changes of the other one's partitions", changed, [])


@statement
def administration(scene):
    """Groups are listed, described and deleted."""
    topic, group = scene.topic(), scene.unique("group")
    scene.peer.produce(topic, spread(40))
    member = scene.consumer(topic, group=group)
    member.commit(positions(scene.read(member, 40)))
    scene.equal("the group is listed", group in scene.peer.groups(), True)
    scene.equal("state and members", scene.peer.describe_group(group), ("Stable", 1))
    try:
        scene.refused("deleting a group that has members", lambda: scene.peer.delete_group(group), 68)
        member.close()
        scene.wait("the empty group", lambda: scene.peer.describe_group(group) == ("Empty", 0))
        scene.peer.delete_group(group)
        scene.equal("the group is listed", group in scene.peer.groups(), False)
        scene.refused("deleting it again", lambda: scene.peer.delete_group(group), 69)
    except NotImplementedError as error:
        return str(error)
    return None
