update workflows_serviceworkflow set suspects = suspects + 1 where id = %(workflow)s returning suspects
