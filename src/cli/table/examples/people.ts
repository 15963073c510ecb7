// Lines to type: tasks, events, messages, users, secrets, and what the agent tells of itself.

import type { Examples } from './form.ts';

export const people: Examples = {
  'task-list': [
    ['', 'What is under way'],
    ['--watch', 'Again at each change, from events'],
    ['status=pending -o json', 'As data'],
  ],
  'task-cancel': [['uuid="Async.VM.migrate_send"', 'By name, where only one is called so; else by uuid']],
  'event-wait': [
    ['class=vm uuid=$web01 power-state=running', 'Returns when the VM runs'],
    ['class=vm uuid=$web01 start-time=/=$(xcp vm-param-get uuid=web01 param-name=start-time)', 'Returns when it has started anew'],
  ],
  'message-list': [['-o table --select timestamp,name,body', 'What has happened']],
  'message-create': [['name=BACKUP_FAILED priority=3 body="No room on nas" vm-uuid=web01', 'Whoever watches the pool sees it']],
  'message-destroy': [['uuid=$message', 'One']],
  'message-destroy-all': [
    ['before=2026-01-31T00:00:00Z', 'What is older'],
    ['priority=5', 'What was for information'],
  ],
  'user-password-change': [['new=PASSWORD old=PASSWORD', 'Your own']],
  'subject-add': [['subject-name=EXAMPLE\\\\alice', 'She may log in, and do nothing; then subject-role-add']],
  'subject-list': [['', 'Who is let in, with which roles']],
  'subject-remove': [['subject-uuid=$subject', 'She may log in no more']],
  'subject-role-add': [['uuid=$subject role-name=vm-admin', 'She may do with VMs what she likes']],
  'subject-role-remove': [['uuid=$subject role-name=vm-admin', 'No longer']],
  'role-list': [['params=name,description', 'The roles there are']],
  'session-subject-identifier-list': [['', 'Who of the directory is logged in']],
  'session-subject-identifier-logout': [
    ['subject-identifier=S-1-5-21-1004336348-1177238915-682003330-512', 'Ends the sessions of one user'],
  ],
  'secret-create': [['value=PASSWORD', 'Prints the uuid by which settings may speak of it']],
  'secret-destroy': [['uuid=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11', 'What speaks of it fails from now on']],
  'blob-create': [['name=logo mime-type=image/png vm-uuid=web01 public=true', 'Then blob-put fills it']],
  'audit-log-get': [['filename=audit.log since=20260131T00:00:00Z', 'Since the end of January']],
  'caller-create': [['name-label=backup user-agent=backup-tool', 'Its calls are counted together']],
  'caller-query-usage': [['uuid=backup', 'Calls, and what they cost']],
  'rate-limit-create': [['name-label=slow burst-size=100 fill-rate=10', 'Then rate-limit-add-caller']],
  'rate-limit-add-caller': [['uuid=slow caller-uuid=backup', 'It has to wait when it calls too often']],
  'observer-create': [['name-label=trace endpoints=bugtool components=xapi enabled=true', 'Spans go to files on the hosts']],
  'diagnostic-vm-status': [['uuid=web01', 'Where it could start, and where not for what reason']],
  'diagnostic-vdi-status': [['uuid=web01-data', 'Which VMs have it']],
  'diagnostic-net-stats': [['host=host1 method=VM.start', 'How often, and how much was sent']],
  'diagnostic-license-status': [['', 'Edition and expiry, host by host']],
};
