"""What the public XenAPI.py does, by the standard library alone: plain XML-RPC. Prints one JSON object of what it saw."""
import json, ssl, sys, time, xmlrpc.client

url, user, password, template = sys.argv[1], sys.argv[2], sys.stdin.readline().rstrip("\n"), sys.argv[3]
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE  # as that client does by default with a host's own certificate
server = xmlrpc.client.ServerProxy(url, context=context)


def value(reply):
    if reply["Status"] != "Success":
        raise RuntimeError(reply["ErrorDescription"])
    return reply["Value"]


CLASSES = ("VM", "host", "pool", "SR", "VDI", "VBD", "VIF", "network", "PIF", "PBD", "SM", "task", "console", "VM_metrics")

refused = server.session.login_with_password(user, "wrong", "1.0", "test")
session = value(server.session.login_with_password(user, password, "1.0", "test"))
counts = {c: len(value(getattr(server, c).get_all_records(session))) for c in CLASSES}
vm = value(server.VM.get_by_name_label(session, template))[0]
vm = value(server.VM.clone(session, vm, "by python"))
value(server.VM.provision(session, vm))
token = value(getattr(server.event, "from")(session, ["vm"], "", 0.0))["token"]
task = value(getattr(server, "Async.VM.start")(session, vm, False, False))
seen = []
deadline = time.time() + 60
while "Running" not in seen and time.time() < deadline:
    answer = value(getattr(server.event, "from")(session, ["vm/" + vm], token, 10.0))
    token = answer["token"]
    seen += [e["snapshot"]["power_state"] for e in answer["events"] if "snapshot" in e]
while value(server.task.get_status(session, task)) == "pending":
    time.sleep(0.1)
status = value(server.task.get_status(session, task))
value(server.VM.hard_shutdown(session, vm))
halted = value(server.VM.get_power_state(session, vm))
value(server.VM.destroy(session, vm))
value(server.session.logout(session))
after = server.VM.get_all(session)
print(json.dumps({
    "refused": refused.get("ErrorDescription"), "counts": counts, "seen": seen, "status": status, "halted": halted,
    "after": after.get("ErrorDescription"),
}))
