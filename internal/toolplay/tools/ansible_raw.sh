# Each line as a task of Ansible's module raw.
cat >"$WORK/play.yml" <<'END'
- hosts: all
  gather_facts: false
  tasks:
    - raw: "{{ item }}"
      loop: "{{ lookup('file', lookup('env', 'COMMANDS')).splitlines() }}"
      ignore_errors: true
END
export ANSIBLE_HOME=$WORK ANSIBLE_LOCAL_TEMP=$WORK/tmp ANSIBLE_SSH_ARGS="-F $SSH_CONFIG" ANSIBLE_HOST_KEY_CHECKING=False
ansible-playbook -i decoy, -e "ansible_password=$PASSWORD" "$WORK/play.yml"
