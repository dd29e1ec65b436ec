from workflows.bench import bench, transactional_db, workflow

__all__ = ["bench", "transactional_db", "workflow"]
