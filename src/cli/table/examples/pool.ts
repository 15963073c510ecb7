// Lines to type: the pool and its updates.

import type { Examples } from './form.ts';

export const pool: Examples = {
  'pool-list': [['params=all', 'Everything about it']],
  'pool-param-set': [
    ['uuid=lab default-SR=nas', 'New disks go there where nothing else is said'],
    ['uuid=lab name-label=office ha-host-failures-to-tolerate=1', 'Its name, and how many hosts may fail'],
  ],
  'pool-join': [
    ['master-address=192.0.2.10 master-username=root master-password=PASSWORD', 'On the host that comes; it has no VMs that run'],
    ['master-address=192.0.2.10 master-username=root master-password=PASSWORD --force', 'Though its CPU is another'],
  ],
  'pool-eject': [['host-uuid=host3', 'It becomes a pool of its own, its disks empty; asks first']],
  'pool-designate-new-master': [['host-uuid=host2', 'Clients are sent there from now on']],
  'pool-emergency-transition-to-master': [['', 'On the host that shall take over, when the master is lost']],
  'pool-recover-slaves': [['', 'Then the others follow it']],
  'pool-emergency-reset-master': [['master-address=192.0.2.11', 'On a host that was not reached by pool-recover-slaves']],
  'pool-management-reconfigure': [['network-uuid=management', 'All hosts at once; each is on trial']],
  'pool-sync-database': [['', 'Before something risky']],
  'pool-dump-database': [['file-name=pool.db', 'Keep it with the backups']],
  'pool-restore-database': [
    ['file-name=pool.db dry-run=true', 'Whether the file fits'],
    ['file-name=pool.db --force', 'For real: the hosts start anew with it'],
  ],
  'pool-ha-enable': [
    ['heartbeat-sr-uuids=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11 ha-config:timeout=90', 'A host that is silent for 90 s is fenced'],
  ],
  'pool-ha-disable': [['', 'VMs are not restarted any more']],
  'pool-ha-compute-max-host-failures-to-tolerate': [['', 'With the VMs as they are protected now']],
  'pool-ha-compute-hypothetical-max-host-failures-to-tolerate': [
    ['vm-uuid=web01 restart-priority=restart vm-uuid=db01 restart-priority=restart', 'If these two were protected'],
  ],
  'pool-enable-external-auth': [
    ['auth-type=AD service-name=example.org config:user=admin config:pass=PASSWORD', 'All hosts join the domain; then subject-add'],
  ],
  'pool-disable-external-auth': [['config:user=admin config:pass=PASSWORD', 'All hosts leave the domain']],
  'pool-external-auth-set-ldaps': [['ldaps=true', 'After its certificate was installed']],
  'pool-install-ca-certificate': [['filename=ca.pem', 'Servers whose certificates it signs are trusted']],
  'pool-uninstall-ca-certificate': [['name=ca.pem', 'No longer']],
  'pool-install-trusted-certificate': [['filename=ldap.pem ca=false purpose=ldaps', 'This one certificate, for one use']],
  'pool-uninstall-trusted-certificate': [['certificate-uuid=4f0c2b9e-2c7b-4a86-9f54-6b2f6d0f0c11', 'One that certificate-list shows']],
  'pool-crl-install': [['filename=revoked.pem', 'Certificates that are not to be trusted any more']],
  'pool-crl-uninstall': [['name=revoked.pem', 'No longer']],
  'pool-certificate-sync': [['', 'After a host was away']],
  'pool-enable-tls-verification': [['', 'It cannot be turned off for the pool again']],
  'pool-enable-client-certificate-auth': [['name=backup.example.org', 'Who shows a certificate of this name needs no password']],
  'pool-secret-rotate': [['', 'When it may be known to others']],
  'pool-sync-updates': [['', 'Fetches; host-apply-updates installs']],
  'pool-sync-bundle': [['filename=updates.bundle', 'Where there is no way to the repository']],
  'pool-configure-update-sync': [
    ['update-sync-frequency=weekly update-sync-day=6', 'Every Saturday; pool-set-update-sync-enabled turns it on'],
  ],
  'pool-set-update-sync-enabled': [['value=true', 'On']],
  'pool-configure-repository-proxy': [['proxy-url=http://proxy.example.org:3128', 'All hosts fetch through it']],
  'pool-enable-redo-log': [['sr-uuid=nas', 'Nothing is lost with the master']],
  'pool-apply-edition': [['edition=free', 'All hosts, without a licence server']],
  'pool-send-test-post': [['dest-host=192.0.2.8 dest-port=443 body=hello', 'Whether the server is reached']],
  'pool-initialize-wlb': [
    [
      'wlb_url=192.0.2.40:8012 wlb_username=wlb wlb_password=PASSWORD xenserver_username=root xenserver_password=PASSWORD',
      'Both learn to know each other',
    ],
  ],
  'pool-retrieve-wlb-report': [['report=pool_health filename=health.xml LocaleCode=en Start=-7 End=0', 'The last week']],
  'pool-enable-ssh': [['', 'On all hosts']],
  'pool-get-cpu-features': [['', 'What a VM may use wherever it runs']],
  'patch-upload': [['file-name=hotfix.xsupdate', 'Then patch-precheck and patch-apply']],
  'update-upload': [['file-name=update.iso sr-uuid=nas', 'Then update-precheck and update-apply']],
  'update-precheck': [['uuid=update host=host1', 'Whether it fits']],
  'update-apply': [['uuid=update host=host1', 'One host']],
  'update-pool-apply': [['uuid=update', 'All hosts']],
  'repository-introduce': [
    [
      'name-label=updates binary-url=https://repo.example.org/updates/ source-url=https://repo.example.org/updates-src/ update=true',
      'Then pool-param-set repositories= and pool-sync-updates',
    ],
  ],
  'repository-introduce-remote-pool': [
    ['name-label=twin binary-url=https://192.0.2.10/repository/updates certificate-file=twin.pem', 'Another pool hands on what it has'],
  ],
};
